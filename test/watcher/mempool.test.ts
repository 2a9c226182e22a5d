// A watcher on an L1 whose mempool forgets what it was given, or holds it until more is paid, and whose node times out.
import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { createPublicClient, custom, TimeoutError } from "viem";
import * as Game from "../../src/dispute/game.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as ClaimTraces from "../../src/watcher/claimTrace.ts";
import * as Court from "./court.ts";

const { HONEST, SECOND, LIAR, AT_ONCE } = Court;

type Pending = { readonly hash: string; readonly from: string; readonly nonce: string };

describe("a watcher whose transactions are forgotten, held or not answered for", function () {
  this.timeout(120_000);
  let court: Court.Court;
  let snapshot: unknown;

  before(async () => {
    court = await Court.open();
  });
  beforeEach(async () => {
    snapshot = await request("evm_snapshot");
  });
  afterEach(async () => {
    await request("evm_setAutomine", true);
    await request("evm_revert", snapshot);
  });
  after(() => court.close());

  function request(method: string, ...params: unknown[]): Promise<unknown> {
    return court.l1.connection.provider.request({ method, params });
  }

  /** Mines what waits; of one account it forgets every third transaction, and holds every third until it is repriced. */
  async function mineBadly(account: string, signal: AbortSignal) {
    const first = new Map<string, string>();
    const fates = { forgotten: 0, held: 0 };
    while (!signal.aborted) {
      await sleep(5);
      const { transactions } = (await request("eth_getBlockByNumber", "pending", true)) as {
        transactions: readonly Pending[];
      };
      const [next] = transactions;
      if (next === undefined) continue;
      const isNew = !first.has(next.nonce);
      if (isNew) first.set(next.nonce, next.hash);
      const fate = next.from.toLowerCase() === account ? Number(next.nonce) % 3 : 0;
      if (fate === 1 && isNew) {
        fates.forgotten++;
        await request("hardhat_dropTransaction", next.hash);
      } else if (fate === 2 && first.get(next.nonce) === next.hash) {
        if (isNew) fates.held++;
      } else {
        await request("evm_mine");
      }
    }
    return fates;
  }

  /** The court for somebody whose questions and answers are lost now and then, and those to every fourth transaction. */
  function forgetful(lost: Record<"questions" | "answers" | "receipts", number>): Court.Court {
    const { l1 } = court;
    let asked = 0;
    let sent = 0;
    const request = async ({ method, params }: { method: string; params: unknown[] }) => {
      const lose = (what: keyof typeof lost): never => {
        lost[what]++;
        throw new TimeoutError({ body: { method }, url: "l1" });
      };
      asked++;
      if (asked % 89 === 0) lose("questions");
      const answer = await l1.connection.provider.request({ method, params });
      if (asked % 97 === 0) lose("answers");
      if (method === "eth_sendRawTransaction" && ++sent % 4 === 0) lose("receipts");
      return answer;
    };
    const transport = custom({ request }, { retryCount: 0 });
    const client = createPublicClient({ chain: l1.chain, cacheTime: 0, transport });
    return { ...court, l1: { ...l1, client } };
  }

  it("wins all the same, and gets its bonds back", async () => {
    const knows = await Court.watcher(court, SECOND, null);
    await knows.sync();
    const liar = await Court.liar(court, LIAR, knows, { block: 2n, step: 3 });
    const timing = { pollMs: 5, repriceMs: 60 };
    const honest = await Court.watcher(court, HONEST, AT_ONCE, timing);
    await request("evm_setAutomine", false);
    const abort = new AbortController();
    const mining = mineBadly(Court.addressOf(HONEST), abort.signal);
    try {
      await Court.play([Court.turnOf(liar), () => honest.watcher.turn()]);
      for (let round = 0; round < 2; round++) {
        await court.l1.pass(Number(court.l1.deployed.parameters.timeout));
        await Court.play([() => honest.watcher.turn()]);
      }
    } finally {
      abort.abort();
    }
    const fates = await mining;
    expect(fates.forgotten).to.be.greaterThan(3);
    expect(fates.held).to.be.greaterThan(3);
    expect(honest.watcher.stake()?.locked).to.equal(0n);
    const game = await Court.gameOf(court);
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(HONEST)]);
    await knows.close();
    await honest.close();
  });

  it("wins all the same where L1 does not answer, or takes a transaction and does not say so", async () => {
    const knows = await Court.watcher(court, SECOND, null);
    await knows.sync();
    const liar = await Court.liar(court, LIAR, knows, { block: 2n, step: 3 });
    const lost = { questions: 0, answers: 0, receipts: 0 };
    const honest = await Court.watcher(forgetful(lost), HONEST, AT_ONCE);
    await Court.playToTheEnd(court, [Court.turnOf(liar), () => honest.watcher.turn()]);
    expect(Object.values(lost).every((times) => times > 3)).to.equal(true);
    expect(honest.watcher.stake()?.locked).to.equal(0n);
    const game = await Court.gameOf(court);
    expect(Court.confirmedProposers(game)).to.deep.equal([Court.addressOf(HONEST)]);
    await knows.close();
    await honest.close();
  });

  it("plays the disputes over a claim and over the claim that follows it at once, with one key", async () => {
    const honest = await Court.watcher(court, HONEST, AT_ONCE);
    await honest.sync();
    const source = Court.sourceOf(honest);
    const last = Court.safeBlock(honest);
    const first = await Court.liar(court, LIAR, honest, { block: 1n, step: 0 }, 2n);
    await Court.turnOf(first)();
    await honest.watcher.turn();
    const game = await Court.gameOf(court);
    const truth = [...game.claims.values()].find(({ proposer }) =>
      Buffer.from(proposer).equals(Buffer.from(Court.addressOf(HONEST).slice(2), "hex")),
    );
    if (truth === undefined) expect.fail("the truth is claimed");
    const second = await Court.liar(court, SECOND, honest, { block: 3n, step: 2 }, last, truth);
    const own = ClaimTraces.create(source, { parent: truth, endBlock: last });
    expect(proposal(own ?? second.trace).root).to.not.deep.equal(proposal(second.trace).root);
    await Court.turnOf(second)();
    const liars = [Court.turnOf(first), Court.turnOf(second)];
    await Court.playToTheEnd(court, [...liars, () => honest.watcher.turn()]);

    const ended = await Court.gameOf(court);
    const confirmed = [...ended.claims.values()].filter(({ id }) => Game.isConfirmed(ended, id));
    expect(confirmed.map(({ endState }) => endState.number)).to.deep.equal([0n, 2n, last]);
    expect(Court.confirmedProposers(ended)).to.deep.equal([HONEST, HONEST].map(Court.addressOf));
    expect(honest.said.filter((line) => line.includes("proves step"))).to.have.length(2);
    expect(honest.watcher.stake()?.locked).to.equal(0n);
    await honest.close();
  });
});
