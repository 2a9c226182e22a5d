import { expect } from "chai";
import { getCreateAddress } from "ethers";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { SMALL, TIMEOUT, claimAt, claimId } from "./arena.ts";
import type { Arena } from "./arena.ts";
import { END_BLOCK, honestClaim, noClaims, rivalClaims, rivalSteps } from "./stages.ts";
import type { Stage } from "./stages.ts";

const FINALITY_DELAY = 500n;
const GAME_TYPE = 0x54524942n;
const LOST = 1n;
const CONFIRMED = 2n;

async function registryOf({ ethers, address }: Arena) {
  return ethers.deployContract("GameRegistry", [address, FINALITY_DELAY]);
}

async function listed(arena: Arena): Promise<bigint[]> {
  const registry = await registryOf(arena);
  const count: bigint = await registry.gameCount();
  const games = await registry.findLatestGames(GAME_TYPE, count - 1n, count);
  return games.map(({ index }: { index: bigint }) => index);
}

async function gameAt(arena: Arena, index: number) {
  return arena.ethers.getContractAt("ClaimGame", await arena.contract.gameAt(index));
}

/** The honest claim is confirmed; the lie stood beside it when that happened, with a child of its own. */
async function confirmedClaim(): Promise<Stage> {
  const stage = await honestClaim();
  const { arena, honest, liar } = stage;
  arena.wait(TIMEOUT);
  await arena.make(proposal(liar.trace), 1);
  const lie = claimAt(arena.model(), claimId(arena.model(), liar.trace));
  await arena.make(proposal(arena.trace(lie, 2n * END_BLOCK)), 1);
  const { root } = proposal(honest.trace);
  await arena.make({ kind: "confirm", parent: arena.genesis.id, root, openings: [] });
  return stage;
}

/** Claims that follow one another, none of them confirmed. */
async function chainOf(length: number): Promise<Stage> {
  const stage = await honestClaim();
  const { arena, honest } = stage;
  let { trace } = honest;
  for (let i = 2n; i <= BigInt(length); i++) {
    trace = arena.trace(claimAt(arena.model(), claimId(arena.model(), trace)), i * END_BLOCK);
    await arena.make(proposal(trace));
  }
  return stage;
}

/** What a search takes for one more claim in a short chain and in a long one. */
async function gasOfEachClaim(arena: Arena): Promise<readonly [bigint, bigint]> {
  const { findLatestGames } = await registryOf(arena);
  const gasFrom = (start: number): Promise<bigint> =>
    findLatestGames.estimateGas(GAME_TYPE, start, start + 1);
  const [three, six, twelve] = [await gasFrom(3), await gasFrom(6), await gasFrom(12)];
  return [(six - three) / 3n, (twelve - six) / 6n];
}

async function idAt(arena: Arena, index: number): Promise<string> {
  const game = await gameAt(arena, index);
  return (await game.claim()).id;
}

describe("ClaimGame", () => {
  it("answers what OP-stack tools read of a game", async () => {
    const { arena, honest } = await honestClaim();
    const game = await gameAt(arena, 1);
    expect(await game.gameType()).to.equal(GAME_TYPE);
    expect(await game.l2SequenceNumber()).to.equal(END_BLOCK);
    expect(await game.rootClaim()).to.equal(Hex.fromBytes(honest.trace.endState.outputRoot));
    expect(await game.extraData()).to.equal(`0x${"4".padStart(64, "0")}`);
    expect(await game.createdAt()).to.equal(arena.now());
    expect(await game.resolvedAt()).to.equal(0n);
    expect(await game.status()).to.equal(0n);
    expect(await game.maxClockDuration()).to.equal(TIMEOUT);
    expect((await game.claim()).id).to.equal(Hex.fromBytes(claimId(arena.model(), honest.trace)));
  });

  it("reverts where it is asked for something it does not have", async () => {
    const { arena } = await honestClaim();
    const to = await arena.contract.gameAt(1);
    const data = arena.ethers.id("expectedResolution()").slice(0, 10);
    const [signer] = arena.signers;
    await expect(signer?.call({ to, data })).to.be.revertedWithoutReason(arena.ethers);
  });

  it("knows nothing of what is not a claim", async () => {
    const { arena } = await rivalSteps();
    const nodes = [...arena.model().tree.nodes.values()];
    const bisected = nodes.find(({ position }) => position.height < SMALL.blockHeight);
    for (const id of [new Uint8Array(32).fill(7), bisected?.id ?? expect.fail("a node")]) {
      await expect(arena.contract.claimTimes(id))
        .to.be.revertedWithCustomError(arena.contract, "ClaimMissing")
        .withArgs(Hex.fromBytes(id));
    }
  });

  it("tells a confirmed claim from a lost one and from a child of a lost one", async () => {
    const { arena } = await confirmedClaim();
    const [confirmed, lost, orphan] = await Promise.all([1, 2, 3].map((i) => gameAt(arena, i)));
    expect(await confirmed?.status()).to.equal(CONFIRMED);
    expect(await lost?.status()).to.equal(LOST);
    expect(await orphan?.status()).to.equal(LOST);
    for (const game of [confirmed, lost, orphan]) {
      expect(await game?.resolvedAt()).to.equal(arena.now());
    }
  });

  it("shows the genesis claim confirmed at birth", async () => {
    const { arena } = await noClaims();
    const genesis = await gameAt(arena, 0);
    expect(await genesis.status()).to.equal(CONFIRMED);
    expect(await genesis.resolvedAt()).to.equal(await genesis.createdAt());
    expect(await genesis.l2SequenceNumber()).to.equal(0n);
  });

  it("has the address that its index predicts, past the one-byte nonces", async () => {
    const { arena } = await noClaims();
    for (const index of [0, 125, 126, 253, 254, 65_533, 65_534, 2 ** 32 - 1]) {
      const expected = getCreateAddress({ from: arena.address, nonce: index + 2 });
      expect(await arena.contract.gameAt(index)).to.equal(expected);
    }
  });
});

describe("GameRegistry", () => {
  describe("findLatestGames", () => {
    it("lists unrivaled claims newest first, with what OP's factory tells of them", async () => {
      const { arena } = await honestClaim();
      const registry = await registryOf(arena);
      const [latest, genesis] = await registry.findLatestGames(GAME_TYPE, 1, 2);
      expect(latest.index).to.equal(1n);
      expect(genesis.index).to.equal(0n);
      const game: string = await arena.contract.gameAt(1);
      expect(`0x${latest.metadata.slice(26)}`).to.equal(game.toLowerCase());
      expect(latest.metadata.slice(0, 10)).to.equal("0x54524942");
      const claim = await (await gameAt(arena, 1)).claim();
      expect(latest.rootClaim).to.equal(claim.rootClaim);
      const node = await arena.contract.nodeOf(claim.id);
      expect(latest.timestamp).to.equal(node.createdAt);
    });

    it("lists no rivals, and nothing that follows one", async () => {
      const { arena, honest } = await rivalClaims();
      const parent = claimAt(arena.model(), claimId(arena.model(), honest.trace));
      await arena.make(proposal(arena.trace(parent, 2n * END_BLOCK)));
      expect(await listed(arena)).to.deep.equal([0n]);
    });

    it("lists a confirmed claim again, and what follows it, under the old indices", async () => {
      const { arena, honest } = await confirmedClaim();
      const parent = claimAt(arena.model(), claimId(arena.model(), honest.trace));
      await arena.make(proposal(arena.trace(parent, 2n * END_BLOCK)));
      expect(await listed(arena)).to.deep.equal([4n, 1n, 0n]);
    });

    it("lists no more than asked for, nothing of another type, nothing past the end", async () => {
      const { arena } = await honestClaim();
      const registry = await registryOf(arena);
      expect(await registry.findLatestGames(GAME_TYPE, 1, 1)).to.have.length(1);
      expect(await registry.findLatestGames(GAME_TYPE, 1, 0)).to.have.length(0);
      expect(await registry.findLatestGames(0, 1, 2)).to.have.length(0);
      expect(await registry.findLatestGames(GAME_TYPE, 2, 2)).to.have.length(0);
    });
  });

  describe("a search", () => {
    it("takes no more for each claim, however many follow one another", async () => {
      const { arena } = await chainOf(12);
      const [short, long] = await gasOfEachClaim(arena);
      expect(long).to.be.lessThan((short * 11n) / 10n);
    });

    it("takes no more for each claim where a rival at the bottom keeps all from the list", async () => {
      const { arena, liar } = await chainOf(12);
      await arena.make(proposal(liar.trace), 1);
      expect(await listed(arena)).to.deep.equal([0n]);
      const [short, long] = await gasOfEachClaim(arena);
      expect(long).to.be.lessThan((short * 11n) / 10n);
    });

    it("lists a chain down to the confirmed claim that it stands on", async () => {
      const { arena } = await chainOf(5);
      expect(await listed(arena)).to.deep.equal([5n, 4n, 3n, 2n, 1n, 0n]);
    });
  });

  describe("gameAtIndex", () => {
    it("finds every claim, listed or not", async () => {
      const { arena } = await rivalClaims();
      const registry = await registryOf(arena);
      const [type, timestamp, game] = await registry.gameAtIndex(2);
      expect(type).to.equal(GAME_TYPE);
      expect(timestamp).to.equal(arena.now());
      expect(game).to.equal(await arena.contract.gameAt(2));
    });

    it("reverts past the last claim", async () => {
      const { arena } = await honestClaim();
      const registry = await registryOf(arena);
      await expect(registry.gameAtIndex(2))
        .to.be.revertedWithCustomError(registry, "UnknownGame")
        .withArgs(2, 2);
    });
  });

  describe("provableAt", () => {
    it("gives the root that a proof stands under, unless the claim has lost", async () => {
      const { arena, honest, liar } = await confirmedClaim();
      const registry = await registryOf(arena);
      const expected = [
        [honest.trace.endState.outputRoot, true],
        [liar.trace.endState.outputRoot, false],
      ] as const;
      for (const [i, [root, isProper]] of expected.entries()) {
        expect(await registry.provableAt(i + 1)).to.deep.equal([
          await arena.contract.gameAt(i + 1),
          Hex.fromBytes(root),
          isProper,
        ]);
      }
    });

    it("costs the same however many claims wait before this one", async () => {
      const { arena } = await chainOf(4);
      const registry = await registryOf(arena);
      const [second, fourth] = await Promise.all(
        [2, 4].map((index) => registry.provableAt.estimateGas(index)),
      );
      expect(fourth).to.equal(second);
      expect(await arena.contract.claimTimes.estimateGas(await idAt(arena, 4))).to.be.greaterThan(
        await arena.contract.claimTimes.estimateGas(await idAt(arena, 2)),
      );
    });

    it("asks siblings alone, so that an orphan is provable, though not proper", async () => {
      const { arena } = await confirmedClaim();
      const registry = await registryOf(arena);
      const [game, , isProvable] = await registry.provableAt(3);
      expect(isProvable).to.equal(true);
      expect(await registry.isGameProper(game)).to.equal(false);
    });

    it("reverts past the last claim", async () => {
      const { arena } = await honestClaim();
      const registry = await registryOf(arena);
      await expect(registry.provableAt(2))
        .to.be.revertedWithCustomError(registry, "UnknownGame")
        .withArgs(2, 2);
    });
  });

  describe("givesWay", () => {
    async function givesWay(
      arena: Arena,
    ): Promise<(kept: number, game: number) => Promise<boolean>> {
      const registry = await registryOf(arena);
      return async (kept, game) =>
        registry.givesWay(await arena.contract.gameAt(kept), await arena.contract.gameAt(game));
    }

    it("holds for the ancestors of a claim that waits, and for no other", async () => {
      const { arena } = await chainOf(4);
      const holds = await givesWay(arena);
      for (let kept = 0; kept <= 4; kept++)
        for (let game = 0; game <= 4; game++)
          expect(await holds(kept, game), `${kept} to ${game}`).to.equal(game < kept);
    });

    it("does not hold for a rival, nor for an earlier claim on another line", async () => {
      const { arena, honest } = await rivalClaims();
      // 1 and 2 are rivals on genesis, 3 follows one of them.
      const [truth, other] = [1, 2];
      const claim = claimAt(arena.model(), claimId(arena.model(), honest.trace));
      await arena.make(proposal(arena.trace(claim, 2n * END_BLOCK)));
      const holds = await givesWay(arena);
      const own = claim.index;
      const rival = own === truth ? other : truth;
      expect(await holds(3, own)).to.equal(true);
      expect(await holds(3, rival)).to.equal(false);
      expect(await holds(own, rival)).to.equal(false);
      expect(await holds(rival, own)).to.equal(false);
    });

    it("holds for a claim that has lost, or has lost with an ancestor, and never for one that is paid under", async () => {
      const { arena } = await confirmedClaim();
      const holds = await givesWay(arena);
      // 1 is confirmed, 2 has lost to it, 3 follows 2. The delay of 1 is not over.
      for (const kept of [2, 3]) {
        expect(await holds(kept, 1), `${kept} to the confirmed one`).to.equal(true);
        expect(await holds(kept, 5 - kept), `${kept} to another lost one`).to.equal(true);
      }
      expect(await holds(1, 0)).to.equal(true);
      for (const game of [1, 2, 3]) expect(await holds(1, game), `to ${game}`).to.equal(false);

      await arena.provider.request({
        method: "evm_mine",
        params: [Number(arena.now() + FINALITY_DELAY)],
      });
      for (const game of [0, 1, 2, 3]) expect(await holds(1, game), `to ${game}`).to.equal(false);
    });
  });

  describe("the anchor registry's verdicts", () => {
    it("take a claim as proper until it loses, as valid once its delay is over", async () => {
      const { arena } = await confirmedClaim();
      const registry = await registryOf(arena);
      const [confirmed, lost, orphan] = await Promise.all(
        [1, 2, 3].map((i) => arena.contract.gameAt(i)),
      );
      expect(await registry.isGameProper(confirmed)).to.equal(true);
      expect(await registry.isGameProper(lost)).to.equal(false);
      expect(await registry.isGameProper(orphan)).to.equal(false);
      expect(await registry.isGameFinalized(confirmed)).to.equal(false);
      expect(await registry.isGameClaimValid(confirmed)).to.equal(false);

      await arena.provider.request({
        method: "evm_mine",
        params: [Number(arena.now() + FINALITY_DELAY)],
      });
      expect(await registry.isGameFinalized(confirmed)).to.equal(true);
      expect(await registry.isGameClaimValid(confirmed)).to.equal(true);
      expect(await registry.isGameFinalized(lost)).to.equal(true);
      expect(await registry.isGameClaimValid(lost)).to.equal(false);
    });

    it("take an undecided claim as proper and not final", async () => {
      const { arena } = await rivalClaims();
      const registry = await registryOf(arena);
      const game = await arena.contract.gameAt(2);
      expect(await registry.isGameProper(game)).to.equal(true);
      expect(await registry.isGameRespected(game)).to.equal(true);
      expect(await registry.isGameFinalized(game)).to.equal(false);
      expect(await registry.isGameClaimValid(game)).to.equal(false);
    });

    it("know no game but the claims of this dispute game", async () => {
      const [{ arena }, other] = [await honestClaim(), await honestClaim()];
      const registry = await registryOf(arena);
      const foreign = await arena.ethers.deployContract("ForeignClaim", [arena.address]);
      const strangers = [
        arena.address,
        await arena.contract.CLAIM_GAME(),
        arena.signers[0]?.address,
        await foreign.GAME(),
        await other.arena.contract.gameAt(5),
      ];
      for (const stranger of strangers) {
        expect(await registry.isGameProper(stranger)).to.equal(false);
        expect(await registry.isGameRespected(stranger)).to.equal(false);
        expect(await registry.isGameFinalized(stranger)).to.equal(false);
        expect(await registry.isGameClaimValid(stranger)).to.equal(false);
      }
    });
  });
});
