import { expect } from "chai";
import * as History from "../../../scripts/bench/peers/history.ts";
import { keccak256, keccak256Pair } from "../../../src/primitives/keccak.ts";

const STATES = Array.from({ length: 8 }, (_, state) => new Uint8Array(32).fill(state + 1));
const ZERO = new Uint8Array(32);
const history = History.fromRuns(STATES.map((state, from) => ({ from, state })));
const [a, b, c, d, e, f, g] = STATES.map(keccak256);

function pair(left: Uint8Array | undefined, right: Uint8Array | undefined): Uint8Array {
  if (left === undefined || right === undefined) expect.fail("there are eight states");
  return keccak256Pair(left, right);
}

describe("history", () => {
  it("folds the trees of a list from the smallest up, with nothing where there is none", () => {
    expect(History.root(history, 0)).to.deep.equal(a);
    expect(History.root(history, 2)).to.deep.equal(pair(pair(a, b), pair(c, ZERO)));
    expect(History.root(history, 3)).to.deep.equal(pair(pair(a, b), pair(c, d)));
    expect(History.lastProof(history, 4)).to.deep.equal([ZERO, ZERO, history.tree(2, 0)]);
  });

  it("appends the largest trees that fit", () => {
    expect(History.prefixProof(history, 1, 6)).to.deep.equal([
      [ZERO, pair(a, b)],
      [pair(c, d), pair(e, f), g],
    ]);
    expect(History.prefixProof(history, 0, 1)).to.deep.equal([[a], [b]]);
  });

  it("knows runs of 2^26 states by their length", () => {
    const long = History.fromRuns([{ from: 0, state: ZERO }]);
    let tree = keccak256(ZERO);
    for (let level = 0; level < 26; level++) tree = keccak256Pair(tree, tree);
    expect(long.tree(26, 0)).to.deep.equal(tree);
  });

  it("halves at the greatest power of two between the ends", () => {
    const halves = [
      [0, 2 ** 26],
      [0, 8],
      [4, 8],
      [6, 8],
      [4, 6],
    ] as const;
    expect(halves.map(([start, end]) => History.middle(start, end))).to.deep.equal([
      2 ** 25,
      4,
      6,
      7,
      5,
    ]);
  });
});
