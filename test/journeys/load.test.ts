// More than a block holds: blocks follow what waits, not only the clock, and nothing that was acknowledged is lost.
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEther, parseGwei } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import * as SignedCall from "../../src/l1/signedCall.ts";
import * as Chain from "../../src/node/chain.ts";
import * as InboxRecords from "../../src/node/inboxRecords.ts";
import { AssertionError } from "../../src/primitives/assert.ts";
import * as Body from "../../src/protocol/body.ts";
import { MAX_BODY_BYTES } from "../../src/protocol/limits.ts";
import type { BatchDraft } from "../../src/sequencer/drafts.ts";
import * as Rederivation from "../../src/sequencer/rederivation.ts";
import * as Rollup from "../harness/rollupProcess.ts";

const HOUR_MS = 3_600_000;
const NOWHERE = "0x000000000000000000000000000000000000dEaD";
const TRANSFERS = 1_100;
const CALLS_AT_ONCE = 550;
/** A deposit uses up a nonce of its sender. */
const DEPOSITS = 1;

describe("a sequencer under load", function () {
  this.timeout(120_000);
  let l1: Rollup.RunningL1;
  let l2: Awaited<ReturnType<typeof Rollup.startSequencer>>;
  let folder: string;
  const said: string[] = [];
  const start = (blockMs: number) => {
    const path = join(folder, "sequencer.sqlite");
    const options = {
      ...Rollup.OPTIONS,
      path,
      timing: { blockMs, quickMs: blockMs, batchMs: 200 },
    };
    return Rollup.startSequencer(l1, options, said);
  };
  const { address } = privateKeyToAccount(Rollup.KEYS.alice);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    l1 = await Rollup.startL1(Rollup.OPTIONS);
    l2 = await start(HOUR_MS);
    const wallet = l1.walletOf(Rollup.KEYS.alice).extend(walletActionsL1());
    const actions = l2.client.extend(publicActionsL2());
    const mint = parseEther("100");
    await wallet.depositTransaction(await actions.buildDepositTransaction({ mint, to: address }));
    while ((await l2.client.getBalance({ address })) === 0n) await pause();
  });
  after(async () => {
    await l2.stop();
    await l1.connection.close();
    rmSync(folder, { recursive: true });
  });

  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  const nonce = () => l2.client.getTransactionCount({ address });

  it("makes a block between two beats once what waits fills it, and lets the rest wait", async () => {
    const before = l2.running.node.chain.tip.number;
    const serialized = await signTransfers();
    for (let from = 0; from < TRANSFERS; from += CALLS_AT_ONCE) {
      const answers = await send(serialized.slice(from, from + CALLS_AT_ONCE));
      expect(answers.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    }
    while (l2.running.node.chain.tip.number === before) await pause();
    const { chain } = l2.running.node;
    expect(chain.tip.number).to.equal(before + 1n);
    const { transactions } = Chain.blockByNumber(chain, before + 1n) ?? { transactions: 0 };
    const bytes = (serialized[0]?.length ?? 0) / 2;
    expect(transactions).to.be.greaterThan(MAX_BODY_BYTES / bytes - 40);
    expect(transactions).to.be.lessThan(TRANSFERS);
    expect(await nonce()).to.equal(DEPOSITS + transactions);
  });

  it("takes what waited after a restart", async () => {
    await l2.stop();
    l2 = await start(50);
    while ((await nonce()) < DEPOSITS + TRANSFERS) await pause();
    await l2.running.settled();
    expect(said.filter((line) => /refused|dropped|failed/.test(line))).to.deep.equal([]);
  });

  it("finds any byte of a batch from which its blocks do not derive", async () => {
    const { chain, inbox } = l2.running.node;
    const batches = Number(InboxRecords.lastBatch(chain.database));
    const drafts = Array.from({ length: batches }, (_, i) => draftOf(BigInt(i + 1)));
    const inOrder = Rederivation.create(chain);
    for (const draft of drafts)
      expect(await Rederivation.check(inOrder, inbox, draft, () => true)).to.equal(true);

    const [full] = drafts.toSorted((left, right) => right.body.length - left.body.length);
    if (full === undefined) throw new TypeError("there are batches");
    expect(full.body.length).to.be.greaterThan(MAX_BODY_BYTES - 4_096);
    // Not the end of its timestamp: a second less may be bounded to the same one (rule 3).
    const { length } = full.body;
    for (const position of [0, Body.TIMESTAMP_BYTES + 1, length >> 1, length - 1]) {
      const body = full.body.map((byte, i) => (i === position ? byte ^ 1 : byte));
      const fresh = Rederivation.create(chain);
      const reason: unknown = await Rederivation.check(
        fresh,
        inbox,
        { ...full, body },
        () => true,
      ).catch((error: unknown) => error);
      expect(reason, `byte ${position}`).to.be.instanceOf(AssertionError);
    }
  });

  it("leaves a draft that was given up while it was checked", async () => {
    const { chain, inbox } = l2.running.node;
    const fresh = Rederivation.create(chain);
    expect(await Rederivation.check(fresh, inbox, draftOf(1n), () => false)).to.equal(false);
    expect(await Rederivation.check(fresh, inbox, draftOf(1n), () => true)).to.equal(true);
  });

  /** A batch that was posted, as it was before. */
  function draftOf(index: bigint): BatchDraft {
    const posted = InboxRecords.batch(l2.running.node.chain.database, index);
    if (posted === undefined) throw new TypeError("the batch was posted");
    const { batch, body, originHeader } = posted;
    return { ...batch, index, body, originHeader, isClosed: true, openedAtMs: 0 };
  }

  async function signTransfers() {
    const wallet = l2.walletOf(Rollup.KEYS.alice);
    const call = { what: "a transfer", to: NOWHERE, data: "0x", value: 1n } as const;
    const fees = { maxFeePerGas: parseGwei("100"), maxPriorityFeePerGas: parseGwei("1") };
    const signed = [];
    const first = await nonce();
    for (let next = first; next < first + TRANSFERS; next++) {
      const terms = { nonce: next, gas: 21_000n, ...fees };
      signed.push((await SignedCall.sign(wallet, call, terms)).serialized);
    }
    return signed;
  }

  async function send(serialized: readonly string[]): Promise<{ readonly error?: unknown }[]> {
    const calls = serialized.map((one, id) => {
      return { jsonrpc: "2.0", id, method: "eth_sendRawTransaction", params: [one] };
    });
    const response = await fetch(l2.rpcUrl, { method: "POST", body: JSON.stringify(calls) });
    return (await response.json()) as { readonly error?: unknown }[];
  }
});
