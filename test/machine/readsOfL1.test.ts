// What a prover can learn from L1 beside its calldata: read off its code, instruction by instruction.
import { expect } from "chai";
import hre from "hardhat";
import * as Family from "../../src/machine/family.ts";
import * as Hex from "../../src/primitives/hex.ts";

/** Every instruction whose answer is not computed from calldata, memory and stack alone, by its byte. */
const READS = new Map([
  [0x30, "ADDRESS"],
  [0x31, "BALANCE"],
  [0x32, "ORIGIN"],
  [0x33, "CALLER"],
  [0x34, "CALLVALUE"],
  [0x3a, "GASPRICE"],
  [0x3b, "EXTCODESIZE"],
  [0x3c, "EXTCODECOPY"],
  [0x3f, "EXTCODEHASH"],
  [0x40, "BLOCKHASH"],
  [0x41, "COINBASE"],
  [0x42, "TIMESTAMP"],
  [0x43, "NUMBER"],
  [0x44, "PREVRANDAO"],
  [0x45, "GASLIMIT"],
  [0x46, "CHAINID"],
  [0x47, "SELFBALANCE"],
  [0x48, "BASEFEE"],
  [0x49, "BLOBHASH"],
  [0x4a, "BLOBBASEFEE"],
  [0x54, "SLOAD"],
  [0x55, "SSTORE"],
  [0x5a, "GAS"],
  [0x5c, "TLOAD"],
  [0x5d, "TSTORE"],
  [0xf0, "CREATE"],
  [0xf1, "CALL"],
  [0xf2, "CALLCODE"],
  [0xf4, "DELEGATECALL"],
  [0xf5, "CREATE2"],
  [0xfa, "STATICCALL"],
  [0xff, "SELFDESTRUCT"],
]);
const PUSH0 = 0x5f;
const PUSH32 = 0x7f;
/** What the compiler puts behind the instructions of some provers: the root of no trie, the hash of no code. */
const CONSTANTS = [
  "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
].map((constant) => Hex.toBytes(constant));
const METADATA_LENGTH_BYTES = 2;

/** Those that call: L1's precompiles, the inbox, or for the router a prover. */
const CALLERS = ["PrecompileProver", "EntryProver", "AdmissionProver", "BlockProver"];
const CONTRACTS = Family.NAMES.map((name) => `${name}Prover`);

/** The instructions of a contract, without the constants and the metadata behind them. */
async function codeOf(name: string): Promise<Uint8Array> {
  const { deployedBytecode } = await hre.artifacts.readArtifact(name);
  const whole = Hex.toBytes(deployedBytecode);
  const metadata = Buffer.from(whole).readUInt16BE(whole.length - METADATA_LENGTH_BYTES);
  const code = whole.subarray(0, whole.length - METADATA_LENGTH_BYTES - metadata);
  return CONSTANTS.reduce((left, constant) => {
    const start = left.length - constant.length;
    return Buffer.from(left).subarray(start).equals(constant) ? left.subarray(0, start) : left;
  }, code);
}

function readsIn(code: Uint8Array): string[] {
  const found = new Set<string>();
  for (let i = 0; i < code.length; i++) {
    const opcode = code[i] ?? 0;
    const name = READS.get(opcode);
    if (name !== undefined) found.add(name);
    if (opcode > PUSH0 && opcode <= PUSH32) i += opcode - PUSH0;
  }
  return [...found].sort();
}

describe("a prover", () => {
  for (const name of CONTRACTS)
    it(`learns of L1 only what it must: ${name}`, async () => {
      // CALLVALUE refuses ether. Gas is known only to those that call, who compare it before.
      const calls = CALLERS.includes(name) ? ["GAS", "STATICCALL"] : [];
      expect(readsIn(await codeOf(name))).to.deep.equal(["CALLVALUE", ...calls]);
    });

  it("is called by a router that learns no more", async () => {
    expect(readsIn(await codeOf("OneStepProver"))).to.deep.equal([
      "CALLVALUE",
      "GAS",
      "STATICCALL",
    ]);
  });
});

describe("the reading of code", () => {
  it("finds what other contracts learn, and passes over push data", async () => {
    expect(readsIn(await codeOf("Inbox"))).to.include.members(["BLOCKHASH", "TIMESTAMP", "SLOAD"]);
    expect(readsIn(Uint8Array.of(0x61, 0x42, 0x43, 0x5a))).to.deep.equal(["GAS"]);
  });
});
