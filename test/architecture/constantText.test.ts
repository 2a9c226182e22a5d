// The reader of constants, on one of each form.
import { expect } from "chai";
import { solidityConstants, solidityEnums, typescriptConstants } from "./constantText.ts";

const FORMS = `
enum Kind { None, Some }
uint64 constant DECIMAL = 30_000_000;
library Forms {
    bytes3 private constant HEXADECIMAL = 0xef0100;
    uint256 internal constant PRODUCT = 116 * 1_024;
    uint256 internal constant SHIFT = 1 << 8 + 8;
    uint256 internal constant POWER = 2 ** 2 ** 3;
    uint256 internal constant DIFFERENCE = (1 << 32) - 1;
    uint256 internal constant UNIT = 7 days;
    Instant internal constant CONVERSION = Instant.wrap(uint64(7));
    uint256 internal constant REFERENCE = DECIMAL + 1;
    bytes32 internal constant NOTHING = keccak256("");
    bytes32 internal constant EMPTY_TRIE = keccak256(hex"80");
    bytes internal constant BYTES = hex"0102";
    uint256 internal constant ELSEWHERE = Limits.MAX_ENTRIES;
}`;

describe("constant text", () => {
  it("is read in every form that the contracts use", () => {
    expect(Object.fromEntries(solidityConstants(FORMS))).to.deep.equal({
      DECIMAL: 30_000_000n,
      HEXADECIMAL: 0xef0100n,
      PRODUCT: 118_784n,
      SHIFT: 65_536n,
      POWER: 256n,
      DIFFERENCE: 0xffffffffn,
      UNIT: 604_800n,
      CONVERSION: 7n,
      REFERENCE: 30_000_001n,
      NOTHING: 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470n,
      EMPTY_TRIE: 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421n,
    });
  });

  it("includes enums", () => {
    expect([...solidityEnums(FORMS)]).to.deep.equal([["Kind", ["None", "Some"]]]);
  });

  it("is read in TypeScript where it is a number", () => {
    const code = `export const CAP = 2n ** 24n;\nconst HEAD = 6 * 32;\nconst WORDS = new Uint8Array(3);`;
    expect([...typescriptConstants(code)]).to.deep.equal([
      ["CAP", 16_777_216n],
      ["HEAD", 192n],
    ]);
  });
});
