import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, getActivePrecompiles } from "@ethereumjs/evm";
import { expect } from "chai";
import { type Fork } from "../../../src/machine/fork.ts";
import * as Precompiles from "../../../src/machine/precompiles/precompiles.ts";
import { UNPAYABLE } from "../../../src/machine/precompiles/price.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as Edr from "./edrPrecompiles.ts";
import * as FuzzInputs from "./fuzzInputs.ts";
import * as OddEncodings from "./oddEncodings.ts";

const SEED = 77;

const forks = [
  ["Cancun", "cancun", Hardfork.Cancun],
  ["Prague", "prague", Hardfork.Prague],
  ["Osaka", "osaka", Hardfork.Osaka],
] as const;

const SLOW = new Map([
  [0x08n, 40],
  [0x0an, 40],
  [0x0en, 40],
  [0x0fn, 40],
]);
const POINT_EVALUATION = 0x0an;
const PLENTY = 200;

/** What our machine does with a call that is given `gas`. */
function outcome(address: bigint, input: Uint8Array, fork: Fork, gas: number): Edr.Outcome {
  const precompile = Precompiles.at(address, fork);
  if (precompile === undefined) throw new RangeError(`no precompile at ${address}`);
  const price = precompile.gasCost(input, fork);
  const output = price <= gas && price < UNPAYABLE ? precompile.run(input) : undefined;
  if (output === undefined) return { succeeded: false, output: new Uint8Array(0), gasUsed: gas };
  return { succeeded: true, output, gasUsed: price };
}

describe("Precompiles beside other implementations", function () {
  this.timeout(600_000);

  for (const [fork, edrFork, ethereumjsFork] of forks) {
    describe(fork, () => {
      let callEdr: Awaited<ReturnType<typeof Edr.connect>>;
      let callEthereumjs: (address: bigint, input: Uint8Array) => Promise<Edr.Outcome>;

      before(async () => {
        callEdr = await Edr.connect(edrFork);
        callEthereumjs = await connectEthereumjs(ethereumjsFork);
      });

      for (const address of Precompiles.addresses(fork)) {
        const name = Precompiles.at(address, fork)?.name;
        it(`${name} (seed ${SEED})`, async () => {
          const count = SLOW.get(address) ?? PLENTY;
          let successes = 0;
          for (const input of FuzzInputs.sample(address, count, SEED)) {
            const ours = outcome(address, input, fork, Edr.FORWARDED);
            expect(ours, Hex.fromBytes(input)).to.deep.equal(await callEdr(address, input));
            if (address !== POINT_EVALUATION)
              expect(ours, Hex.fromBytes(input)).to.deep.equal(
                await callEthereumjs(address, input),
              );
            if (ours.succeeded) successes++;
          }
          expect(successes).to.be.above(count / 8);
        });
      }

      it("the curves, at the edges of their encodings", async () => {
        let asked = 0;
        for (const address of Precompiles.addresses(fork)) {
          for (const input of OddEncodings.at(address)) {
            const ours = outcome(address, input, fork, Edr.FORWARDED);
            expect(ours, `${address}: ${Hex.fromBytes(input)}`).to.deep.equal(
              await callEdr(address, input),
            );
            asked++;
          }
        }
        expect(asked).to.be.greaterThan(100);
      });

      it("has no precompile at any other address that some fork has one", async () => {
        for (const address of [0n, 0x0bn, 0x11n, 0x12n, 0xffn, 0x100n, 0x101n]) {
          if (Precompiles.at(address, fork) !== undefined) continue;
          const { succeeded, output } = await callEdr(address, new Uint8Array(256));
          expect({ succeeded, size: output.length }).to.deep.equal({ succeeded: true, size: 0 });
        }
      });
    });
  }
});

async function connectEthereumjs(hardfork: Hardfork) {
  const common = new Common({ chain: Mainnet, hardfork });
  const evm = await createEVM({ common });
  const active = getActivePrecompiles(common);
  return async (address: bigint, input: Uint8Array): Promise<Edr.Outcome> => {
    const precompile = active.get(address.toString(16).padStart(40, "0"));
    if (precompile === undefined) throw new RangeError(`no precompile at ${address}`);
    const result = await precompile({
      data: input,
      gasLimit: BigInt(Edr.FORWARDED),
      common,
      _EVM: evm,
    });
    return {
      succeeded: result.exceptionError === undefined,
      output: result.returnValue,
      gasUsed: Number(result.executionGasUsed),
    };
  };
}
