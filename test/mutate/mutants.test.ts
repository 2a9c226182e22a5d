// Mistakes put into compiled code: each does what its name says, and nothing else changes.
import { createEVM } from "@ethereumjs/evm";
import { expect } from "chai";
import * as Bytecode from "../../scripts/mutate/bytecode.ts";
import * as Mutants from "../../scripts/mutate/mutants.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";

const METADATA = "a164736f6c6343000825000a";
/** Returns the word on the stack. */
const RETURN = "5f5260205ff3";
const INVALID = "fe";

function codeOf(instructions: string): Uint8Array {
  return Hex.toBytes(`0x${instructions}${METADATA}`);
}

/** What a code returns; undefined if it halts. */
async function returned(code: Uint8Array): Promise<bigint | undefined> {
  const evm = await createEVM();
  const { exceptionError, returnValue } = await evm.runCode({ code, gasLimit: 100_000n });
  return exceptionError === undefined ? Bytes.toBigInt(returnValue) : undefined;
}

/** What a code returns with each of its mutants, by the mutant's name. */
async function outcomes(code: Uint8Array, pc: number): Promise<Map<string, bigint | undefined>> {
  const found = new Map<string, bigint | undefined>();
  for (const mutant of Mutants.all(code, (place) => place === pc)) {
    const mutated = Mutants.apply(code, mutant);
    assert(mutated !== undefined, "there is room");
    found.set(mutant.name, await returned(mutated));
  }
  return found;
}

describe("mutants", () => {
  it("know instructions from push data and metadata", () => {
    const code = codeOf(`6157${RETURN}`);
    expect(Bytecode.instructionsOf(code).map(({ pc }) => pc)).to.deep.equal([0, 3, 4, 6, 7]);
  });

  it("compare in another way", async () => {
    const equals = codeOf(`6005600510${RETURN}`);
    expect(await returned(equals)).to.equal(0n);
    expect(await outcomes(equals, 4)).to.deep.equal(
      new Map([
        ["LT: GT", 0n],
        ["LT: ≤", 1n],
      ]),
    );
  });

  it("jump always or never, and go on as before", async () => {
    // PUSH 7, PUSH 0, JUMPI to the INVALID behind the end, return 7.
    const code = codeOf(`60075f61001157${RETURN}0000005b${INVALID}`);
    expect(await returned(code)).to.equal(7n);
    const found = await outcomes(code, 6);
    expect(found).to.deep.equal(
      new Map([
        ["JUMPI: never", 7n],
        ["JUMPI: always", undefined],
      ]),
    );
  });

  it("change constants, but no address of a jump", async () => {
    const code = codeOf(`60ff${RETURN}`);
    expect(await outcomes(code, 0)).to.deep.equal(
      new Map([
        ["PUSH: one more", 0n],
        ["PUSH: one less", 254n],
        ["PUSH: a mask of one bit less", 127n],
      ]),
    );
    const jump = codeOf(`610004565b6001${RETURN}`);
    expect(await returned(jump)).to.equal(1n);
    expect(Mutants.all(jump, (pc) => pc === 0)).to.deep.equal([]);
  });

  it("find no room where something may jump to what follows", () => {
    const code = codeOf(`5f5f105b${RETURN}`);
    const [, orEqual] = Mutants.all(code, (pc) => pc === 2);
    assert(orEqual !== undefined, "LT has two");
    expect(Mutants.apply(code, orEqual)).to.equal(undefined);
  });
});
