// Calls, simulations and traces of random programs in random states: each is answered, or refused by name.
import { expect } from "chai";
import * as Opcode from "../../../src/machine/opcode.ts";
import * as Database from "../../../src/node/database.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import { RpcError } from "../../../src/node/rpc/rpcError.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";
import * as SeededRandom from "../../machine/seededRandom.ts";
import { assemble } from "../../parity/program.ts";

const SEED = 0xca115;
const ROUNDS = 1_500;
const METHODS = ["eth_call", "eth_estimateGas", "eth_createAccessList", "eth_fillTransaction"];
const TRACERS = ["prestateTracer", "callTracer", "4byteTracer"];
// Precompiles, accounts that are not there, and who is paid by every block.
const ADDRESSES = [1n, 2n, 4n, 5n, 9n, 0x100n, 0xaan, 0xbbn, (0x4200n << 144n) | 0x11n].map((one) =>
  Hex.fromBytes(Bytes.fromBigInt(one, 20)),
);
const QUANTITIES = [
  ...["0x0", "0x1", "0x5", "0xffff", "0x186a0", "0xffffff", "0xffffffffffffffff"],
  ...[`0x${"f".repeat(32)}`, `0x${"f".repeat(64)}`],
];
const OPCODES = [
  ...[Opcode.ADD, Opcode.MUL, Opcode.EXP, Opcode.KECCAK256, Opcode.ADDRESS, Opcode.BALANCE],
  ...[Opcode.CALLVALUE, Opcode.CALLDATALOAD, Opcode.CALLDATACOPY, Opcode.EXTCODESIZE],
  ...[Opcode.EXTCODECOPY, Opcode.RETURNDATACOPY, Opcode.BLOCKHASH, Opcode.COINBASE, Opcode.NUMBER],
  ...[Opcode.SELFBALANCE, Opcode.MLOAD, Opcode.MSTORE, Opcode.SLOAD, Opcode.SSTORE, Opcode.TLOAD],
  ...[Opcode.TSTORE, Opcode.LOG0, Opcode.LOG1, Opcode.CREATE, Opcode.CREATE2, Opcode.CALL],
  ...[Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL, Opcode.RETURN, Opcode.REVERT],
  ...[Opcode.SELFDESTRUCT, Opcode.DUP1, Opcode.SWAP1, Opcode.POP, Opcode.GAS],
];

type Fields = Record<string, unknown>;

/** What a client may ask, and may not. */
function requestsOf(random: SeededRandom.Random) {
  const some = (makers: Record<string, () => unknown>): Fields =>
    Object.fromEntries(
      Object.entries(makers)
        .filter(() => random.below(3) === 0)
        .map(([name, make]) => [name, make()]),
    );
  const address = () => random.pick(ADDRESSES);
  const quantity = () => random.pick(QUANTITIES);
  const code = () =>
    Hex.fromBytes(
      assemble(
        ...Array.from({ length: random.below(30) }, () => {
          if (random.below(8) === 0) return BigInt(address());
          return random.below(2) === 0 ? BigInt(random.below(256)) : random.pick(OPCODES);
        }),
      ),
    );
  const slots = () => ({ [quantity()]: quantity() });
  const account = () =>
    some({
      ...{ balance: quantity, nonce: quantity, code, stateDiff: slots, state: slots },
      movePrecompileToAddress: address,
    });
  const authorization = () => ({
    ...{ chainId: "0x0", address: address(), nonce: quantity(), yParity: "0x1" },
    ...{ r: quantity(), s: quantity() },
  });
  const accounts = () =>
    Object.fromEntries(Array.from({ length: random.below(4) }, () => [address(), account()]));
  const block = () =>
    some({
      number: () => Hex.fromBigInt(BigInt(random.below(12))),
      time: () => Hex.fromBigInt(L2Chain.GENESIS_TIME + BigInt(random.below(1_000))),
      ...{ gasLimit: quantity, baseFeePerGas: quantity, blobBaseFee: quantity },
      feeRecipient: address,
    });
  const call = () => ({
    ...some({ from: address, to: address, gas: quantity, value: quantity, input: code }),
    ...some({ nonce: quantity, accessList: () => [{ address: address(), storageKeys: [] }] }),
    ...some({ authorizationList: () => [authorization()] }),
    ...(random.below(2) === 0
      ? some({ gasPrice: quantity })
      : some({ maxFeePerGas: quantity, maxPriorityFeePerGas: quantity })),
  });
  const flag = () => random.below(2) === 0;
  const blockCalls = () => ({
    ...some({ blockOverrides: block }),
    stateOverrides: accounts(),
    calls: Array.from({ length: random.below(4) }, call),
  });
  const simulation = () => ({
    blockStateCalls: Array.from({ length: 1 + random.below(3) }, blockCalls),
    ...{ traceTransfers: flag(), validation: flag(), returnFullTransactions: flag() },
  });
  const trace = () => ({
    ...{ tracer: random.pick(TRACERS), tracerConfig: { diffMode: flag() } },
    ...{ stateOverrides: accounts(), blockOverrides: block() },
  });
  return (): readonly [string, ...unknown[]] => {
    const kind = random.below(4);
    if (kind < 2) return ["eth_simulateV1", simulation(), "latest"];
    if (kind === 2) return ["debug_traceCall", call(), "latest", trace()];
    return [random.pick(METHODS), call(), "latest", accounts(), block()];
  };
}

describe("any call", function () {
  this.timeout(60_000);

  it(`is answered, or refused by name (seed ${SEED})`, async () => {
    const { chain } = await DerivedChain.open([], [[]]);
    const methods = RpcMethods.create(RpcBackend.of(chain));
    const next = requestsOf(SeededRandom.fromSeed(SEED));
    let answered = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const [method, ...params] = next();
      try {
        JSON.stringify(RpcBackend.ask(methods, method, ...params));
        answered += 1;
      } catch (error) {
        const asked = `${round}: ${method} ${JSON.stringify(params)}`;
        expect(error, asked).to.be.instanceOf(RpcError);
      }
    }
    Database.close(chain.database);
    expect(answered).to.be.above(ROUNDS / 10);
  });
});
