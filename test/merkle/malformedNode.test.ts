import { expect } from "chai";
import { network } from "hardhat";
import * as Witness from "../../src/merkle/witness.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import { inSolidity, inTypeScript, type Outcome } from "./trieParity.ts";

const { ethers } = await network.create("l1");
const harness = await ethers.deployContract("TrieHarness");

const KEY = new Uint8Array(32);
const HASH = new Uint8Array(32).fill(7);
const VALUE = new Uint8Array(40).fill(9);
const NONE = Bytes.EMPTY;

const bytes = (hex: string): Uint8Array => Hex.toBytes(`0x${hex}`);
const zeros = (count: number): string => "00".repeat(count);
const leafPath = bytes(`20${zeros(32)}`);

/** Sixteen children, all none but those given, and a value. */
function branch(children: Readonly<Record<number, Rlp.Item>>, value: Rlp.Item = NONE): Rlp.Item[] {
  return Array.from({ length: 17 }, (_, i) => (i === 16 ? value : (children[i] ?? NONE)));
}

/** The outcome of removing the zero key from a trie with these nodes, the first one its root. */
async function remove(...nodes: readonly Uint8Array[]): Promise<Outcome> {
  const writer = Witness.create();
  for (const node of nodes) Witness.writeBytes(writer, node);
  const root = keccak256(nodes[0] ?? NONE);
  const access = { root, key: KEY, value: NONE, witness: Witness.toBytes(writer) };
  const outcome = inTypeScript(access);
  expect(await inSolidity(harness, access)).to.deep.equal(outcome);
  return outcome;
}

describe("a node that no trie of 32-byte keys holds", () => {
  const hashed = { 1: HASH, 2: HASH };
  const cases: readonly (readonly [string, Uint8Array, Outcome])[] = [
    ["a string", bytes("83616263"), ["NodeNotAList"]],
    ["a list with a byte behind it", bytes("c000"), ["NodeTrailingBytes", "1", "2"]],
    ["a list of nothing", bytes("c0"), ["RlpTruncated", "1", "1", "0"]],
    ["a list of one item", bytes("c101"), ["RlpTruncated", "2", "1", "0"]],
    ["a length in too many bytes", bytes("f803202020"), ["RlpOverlongLength", "0", "3"]],
    ["a length with a leading zero", bytes("f9003f"), ["RlpLengthLeadingZero", "0"]],
    ["a path byte with a prefix of its own", bytes("c3812080"), ["RlpWrappedByte", "1"]],
    ["three items", Rlp.encode([HASH, HASH, HASH]), ["WrongItemCount", "101"]],
    ["sixteen items", Rlp.encode(branch(hashed).slice(1)), ["WrongItemCount", "82"]],
    ["eighteen items", Rlp.encode([...branch(hashed), NONE]), ["WrongItemCount", "84"]],
    ["a hash that the node ends within", bytes("c48080a007"), ["WrongItemCount", "5"]],
    ["a branch with a value", Rlp.encode(branch(hashed, VALUE)), ["BranchValueNotEmpty", "168"]],
    ["a branch with one child", Rlp.encode(branch({ 1: HASH })), ["BranchTooSmall", "1"]],
    ["a branch without children", Rlp.encode(branch({})), ["BranchTooSmall", "0"]],
    [
      "a child that is a short string",
      Rlp.encode(branch({ 1: HASH, 2: HASH.subarray(1) })),
      ["NotALink", "36", "159"],
    ],
    [
      "a child that is one byte",
      Rlp.encode(branch({ 1: HASH, 5: bytes("07") })),
      ["NotALink", "38", "7"],
    ],
    [
      "an embedded child as long as a hash",
      Rlp.encode(branch({ 1: HASH, 2: [new Uint8Array(30)] })),
      ["NotALink", "36", "223"],
    ],
    ["an empty list as child", Rlp.encode(branch({ 1: HASH, 2: [] })), ["NotALink", "35", "192"]],
    ["a list as path", Rlp.encode([[], VALUE]), ["PathNotAString"]],
    ["a path without flags", Rlp.encode([NONE, VALUE]), ["PathWithoutFlags"]],
    ["unknown path flags", Rlp.encode([bytes("40"), VALUE]), ["PathFlagsUnknown", "4"]],
    ["path padding", Rlp.encode([bytes("21"), VALUE]), ["PathPaddingNotZero", "1"]],
    ["a path beyond the key", Rlp.encode([bytes(`30${zeros(32)}`), VALUE]), ["PathTooLong", "65"]],
    [
      "a leaf above the key's end",
      Rlp.encode([bytes("2000"), VALUE]),
      ["LeafPathLength", "0", "2"],
    ],
    ["a list as a leaf's value", Rlp.encode([leafPath, [VALUE]]), ["LeafValueNotAString"]],
    ["a leaf without value", Rlp.encode([leafPath, NONE]), ["LeafValueEmpty"]],
    ["an extension by nothing", Rlp.encode([bytes("00"), HASH]), ["ExtensionPathLength", "0", "0"]],
    [
      "an extension to the key's end",
      Rlp.encode([bytes(`00${zeros(32)}`), HASH]),
      ["ExtensionPathLength", "0", "64"],
    ],
    ["an extension to nothing", Rlp.encode([bytes("10"), NONE]), ["ExtensionWithoutChild"]],
    ["an extension to a string", Rlp.encode([bytes("10"), VALUE]), ["NotALink", "2", "168"]],
  ];

  for (const [name, node, outcome] of cases)
    it(`is ${name}`, async () => {
      expect(await remove(node)).to.deep.equal(outcome);
    });

  it("is an extension above a leaf, embedded or not", async () => {
    const short = Rlp.encode([bytes("10"), [bytes(`30${zeros(20)}`), bytes("01")]]);
    expect(await remove(short)).to.deep.equal(["LeafPathLength", "1", "41"]);
    const leaf = Rlp.encode([bytes(`30${zeros(31)}`), VALUE]);
    const node = Rlp.encode([bytes("10"), keccak256(leaf)]);
    expect(await remove(node, leaf)).to.deep.equal(["ExtensionWithoutBranch", "1"]);
  });

  it("is a node given by hash that fits into its parent", async () => {
    const small = Rlp.encode(
      branch({ 1: [bytes("20"), bytes("01")], 2: [bytes("20"), bytes("01")] }),
    );
    const node = Rlp.encode(branch({ 0: keccak256(small), 1: HASH }));
    expect(await remove(node, small)).to.deep.equal(["NodeNotEmbedded", `${small.length}`]);
  });

  it("is a branch below the end of the key", async () => {
    const deepest = Rlp.encode(branch(hashed));
    const last = Rlp.encode(branch({ 0: keccak256(deepest), 1: HASH }));
    const node = Rlp.encode([bytes(`10${zeros(31)}`), keccak256(last)]);
    expect(await remove(node, last, deepest)).to.deep.equal(["BranchTooDeep", "64"]);
  });

  it("is another node than the one that was named", async () => {
    const other = Rlp.encode(branch(hashed));
    const node = Rlp.encode(branch({ 0: HASH, 1: HASH }));
    const hashes = [HASH, keccak256(other)].map(Hex.fromBytes);
    expect(await remove(node, other)).to.deep.equal(["WrongNode", ...hashes]);
  });

  it("is a sibling that a collapse takes in", async () => {
    const leaf = Rlp.encode([bytes(`30${zeros(31)}`), VALUE]);
    const above = (sibling: Uint8Array): Uint8Array =>
      Rlp.encode(branch({ 0: keccak256(leaf), 1: keccak256(sibling) }));

    const text = new Uint8Array(40);
    expect(await remove(above(text), leaf, text)).to.deep.equal(["NodeNotAList"]);
    const short = Rlp.encode([bytes(`20${zeros(31)}`), VALUE]);
    expect(await remove(above(short), leaf, short)).to.deep.equal(["LeafPathLength", "1", "62"]);
    const small = Rlp.encode([bytes("10"), [bytes("20"), bytes("01")]]);
    expect(await remove(above(small), leaf, small)).to.deep.equal([
      "NodeNotEmbedded",
      `${small.length}`,
    ]);
    expect(await remove(above(leaf), leaf, leaf)).to.include("ok");
  });
});
