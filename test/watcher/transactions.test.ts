import { expect } from "chai";
import { decodeFunctionData, size, type Hex } from "viem";
import type * as Game from "../../src/dispute/game.ts";
import type { Bisect, Move } from "../../src/dispute/move.ts";
import * as Abi from "../../src/l1/abi.ts";
import * as Transactions from "../../src/watcher/transactions.ts";

const GAME = "0x00000000000000000000000000000000000000aa";
const CONFIG: Game.Config = {
  ...{ blockHeight: 16, stepHeight: 26, timeout: 300n },
  ...{ claimBond: 5n, refinementBond: 2n },
};
const WORD = new Uint8Array(32);
const POSITION = { level: 0, height: 3, index: 0, origin: WORD, prefix: WORD };
const BISECT: Bisect = { kind: "bisect", position: POSITION, left: WORD, right: WORD };
const REFINE: Move = {
  ...{ kind: "refine", leaf: POSITION, leafHash: WORD, root: WORD, siblings: [] },
  pre: { state: WORD, prefix: WORD, spine: [] },
};

function namesOf(data: Hex): string[] {
  const call = decodeFunctionData({ abi: Abi.DISPUTE_GAME, data });
  if (call.functionName !== "multicall") return [call.functionName];
  return call.args[0].flatMap(namesOf);
}

function send(...moves: Move[]): { readonly names: string[]; readonly value: bigint }[] {
  return Transactions.toTransactions(CONFIG, GAME, moves).map(({ call }) => ({
    names: namesOf(call.data),
    value: call.value,
  }));
}

describe("the transactions of a plan", () => {
  it("join moves without a bond, and keep the order around one with a bond", () => {
    expect(send(BISECT, BISECT, REFINE, BISECT)).to.deep.equal([
      { names: ["bisect", "bisect"], value: 0n },
      { names: ["refine"], value: 2n },
      { names: ["bisect"], value: 0n },
    ]);
  });

  it("stay below the limits of L1, whatever there is to do", () => {
    const moves = Array.from({ length: 1_000 }, () => BISECT);
    const transactions = Transactions.toTransactions(CONFIG, GAME, moves);
    expect(transactions.flatMap((transaction) => transaction.moves)).to.deep.equal(moves);
    for (const { call, moves: together } of transactions) {
      expect(size(call.data)).to.be.lessThan(100_000);
      expect(together.length).to.be.lessThanOrEqual(60);
    }
  });
});
