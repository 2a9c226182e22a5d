// Witnesses that were tampered with: each is refused, or gives the same successor.
import { expect } from "chai";
import { assert } from "../../src/primitives/assert.ts";
import { EXAMPLES } from "./instructions.ts";
import { machineOf } from "./stage.ts";
import * as Steps from "./steps.ts";

const ENDLESS = 10_000;
const MAX_BYTES = 4_000;
/** Where the machine and the frame end, which all witnesses begin with. */
const HEAD_BYTES = 500;
const TRIES = 250;
const TIMEOUT_MILLISECONDS = 600_000;
const KINDS = [
  "ADD",
  "PUSH32",
  "DUP16",
  "JUMP",
  "RETURN",
  "STOP",
  "MLOAD",
  "MSTORE",
  "MSTORE8",
  "CALLDATALOAD",
  "RETURNDATACOPY",
  "EXTCODECOPY",
  "MCOPY",
  "COPY",
  "LOAD",
  "BALANCE",
  "EXTCODESIZE",
  "BLOCKHASH",
  "BLOBHASH",
  "ORIGIN",
  "NUMBER",
  "SLOAD",
  "SSTORE",
  "TSTORE",
  "KECCAK256",
  "LOG2",
  "LOG",
] as const;

describe("tampered witnesses", function () {
  this.timeout(TIMEOUT_MILLISECONDS);
  const largest = new Map<string, Steps.RecordedStep>();
  let provers: Steps.Provers;

  before(() => {
    for (const example of EXAMPLES) {
      for (const step of Steps.record(machineOf({ fork: "Osaka", ...example }), ENDLESS)) {
        const known = largest.get(step.name)?.witness.length ?? 0;
        const { length } = step.witness;
        if (length > known && length <= MAX_BYTES) largest.set(step.name, step);
      }
    }
  });

  beforeEach(async () => {
    provers = await Steps.deployProvers({
      transactionGasCap: false,
      blockGasLimit: 1_000_000_000_000n,
    });
  });

  afterEach(async () => {
    await provers.close();
  });

  async function expectRefused(step: Steps.RecordedStep, from: number): Promise<void> {
    const { gauge, routers } = provers;
    const { before, after, witness } = step;
    const stride = Math.ceil((witness.length - from) / TRIES);
    for (const tampering of ["acceptedFlips", "acceptedPrefixes"]) {
      const accepted: unknown = await gauge.getFunction(tampering)(
        routers.get("Osaka"),
        before,
        after,
        witness,
        from,
        stride,
      );
      expect(accepted, tampering).to.equal(0n);
    }
  }

  function recorded(kind: string): Steps.RecordedStep {
    const step = largest.get(kind);
    assert(step !== undefined, "an example takes such a step");
    return step;
  }

  it("of the machine and the frame are refused with a byte changed, or cut", async () => {
    await expectRefused(recorded("STOP"), 0);
  });

  for (const kind of KINDS) {
    it(`of ${kind} are refused with a byte changed, or cut`, async () => {
      await expectRefused(recorded(kind), HEAD_BYTES);
    });
  }
});
