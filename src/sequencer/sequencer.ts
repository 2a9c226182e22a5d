// The sequencer: takes transactions, makes blocks of them at once, and posts the blocks in batches. It can order and
// delay; what it says becomes true only by what stands in the inbox.

import { setTimeout as pause } from "node:timers/promises";
import type * as Inbox from "../machine/inbox.ts";
import type { Waiting } from "../node/backend.ts";
import * as Chain from "../node/chain.ts";
import * as Database from "../node/database.ts";
import * as Derive from "../node/derive.ts";
import * as Execution from "../node/execution.ts";
import type { L1Head } from "../node/follow.ts";
import * as InboxRecords from "../node/inboxRecords.ts";
import type { BlockRecord } from "../node/record.ts";
import * as Accounts from "../node/rpc/blocks.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import * as BaseFee from "../protocol/baseFee.ts";
import * as Deposit from "../protocol/deposit.ts";
import { MAX_BODY_BYTES } from "../protocol/limits.ts";
import { build } from "./build.ts";
import * as Candidate from "./candidate.ts";
import * as Drafts from "./drafts.ts";
import * as Eviction from "./eviction.ts";
import * as Mempool from "./mempool.ts";
import * as OwedBlocks from "./owedBlocks.ts";
import * as Pace from "./pace.ts";
import * as Pending from "./pending.ts";
import type { PendingFile } from "./pendingFile.ts";
import * as Rederivation from "./rederivation.ts";
import type { Senders } from "./senders.ts";

export type Timing = Pace.Beats & {
  /** A batch is posted when it is this old; a full one before, once nothing waits for a block. */
  readonly batchMs: number;
};

// The inbox lets one block in two seconds through in the long run.
export const DEFAULT_TIMING: Timing = { blockMs: 2_000, quickMs: 200, batchMs: 5_000 };

/** A batch to post: the arguments of Inbox.post. */
export type Post = {
  readonly previous: Uint8Array;
  readonly blocks: bigint;
  readonly originNumber: bigint;
  readonly depositsTo: bigint;
  readonly body: Uint8Array;
};

export type SequencerConfig = {
  readonly chain: Chain.Chain;
  readonly inbox: Inbox.Inbox;
  readonly genesisAccumulator: Uint8Array;
  readonly timing: Timing;
  readonly limits: Mempool.Limits;
  /** Where acknowledged transactions are kept until they are in a block. */
  readonly pendingFile: PendingFile;
  readonly senderOf: Senders["of"];
  /** RLP of the header of an L1 block. */
  readonly headerOf: (number: bigint) => Promise<Uint8Array>;
  /** Resolves when the batch is in a block of L1; throws if L1 refused it. */
  readonly post: (post: Post) => Promise<{ readonly blockNumber: bigint }>;
  readonly onBlock: (block: BlockRecord) => void;
  readonly onWaiting: (hash: Uint8Array) => void;
  readonly say: (line: string) => void;
};

/** Blocks that end within this many bytes of the limit close their batch. */
const ROOM_FOR_MORE = 4_096;
const IDLE_MS = 20;
/** A reorganisation may put a batch into a later L1 block; so many blocks later it is in none. */
const SURELY_READ = 12n;
/** So many batches may wait for L1, some seventy thousand transactions; then no more blocks are made until it has taken one. */
const MOST_DRAFTS = 64;

export class Sequencer {
  readonly #config: SequencerConfig;
  readonly #pool: Mempool.Mempool<Candidate.Candidate>;
  readonly #eviction = Eviction.create<Candidate.Candidate>();
  readonly #owed = OwedBlocks.create();
  #drafts: Drafts.BatchDraft[];
  #l1: L1Head | undefined;
  #l1BaseFee = 0n;
  readonly #rederivation: Rederivation.Rederivation;
  #resting = Pace.NOTHING;
  #savings = Pace.savings(Date.now());
  #isBuilding = false;
  readonly #pending: Pending.Pending;

  constructor(config: SequencerConfig) {
    this.#config = config;
    this.#pool = Mempool.create(config.limits);
    this.#rederivation = Rederivation.create(config.chain);
    this.#drafts = Drafts.restore(config.chain);
    const live = () => this.allWaiting().map(({ encoded }) => encoded);
    const { pending, transactions } = Pending.open(config.pendingFile, live);
    this.#pending = pending;
    // The newest first: of two with one nonce it is the one that counts.
    for (const encoded of transactions.toReversed()) {
      if (Database.transaction(config.chain.database, keccak256(encoded)) !== undefined) continue;
      this.#putBack(Candidate.decode(encoded, config.chain.context));
    }
  }

  /** Takes a transaction; when this resolves it is on disk, and will be offered to blocks until it is in one. */
  async submit(encoded: Uint8Array): Promise<Uint8Array> {
    const { chain, senderOf, onWaiting } = this.#config;
    const unsigned = Candidate.decodeUnsigned(encoded, chain.context);
    const signed = Candidate.signedBy(encoded, unsigned, await senderOf(unsigned));
    const candidate = { ...signed, leastTip: Candidate.requireTip(signed, this.#l1BaseFee) };
    const account = Accounts.account(chain.tip.state, candidate.waiting.sender);
    Candidate.checkSender(account);
    const baseFee = BaseFee.nextBaseFee(chain.head.header);
    const replaced = Eviction.add(this.#eviction, this.#pool, candidate, account, baseFee);
    try {
      await Pending.write(this.#pending, encoded);
    } catch (error) {
      Mempool.remove(this.#pool, candidate);
      if (replaced !== undefined) this.#putBack(replaced);
      throw error;
    }
    onWaiting(candidate.waiting.hash);
    return candidate.waiting.hash;
  }

  waiting(hash: Uint8Array): Waiting | undefined {
    return this.#pool.byHash.get(Hex.fromBytes(hash))?.waiting;
  }

  allWaiting(): readonly Waiting[] {
    return [...this.#pool.byHash.values()].map(({ waiting }) => waiting);
  }

  pendingNonce(address: bigint, accountNonce: bigint): bigint {
    const sender = Hex.fromBytes(Bytes.fromBigInt(address, 20));
    return Mempool.pendingNonce(this.#pool, sender, accountNonce);
  }

  suggestedTip(): bigint {
    return Candidate.suggestedTip(this.#l1BaseFee);
  }

  /** Tells how far L1 has come. */
  seeL1(head: L1Head, baseFee: bigint): void {
    this.#l1 = head;
    this.#l1BaseFee = baseFee;
  }

  /** For Derivation.isOwn: whether a batch read from L1 is the draft this sequencer made its blocks with. */
  isOwn(posted: InboxRecords.PostedBatch): boolean {
    const draft = this.#drafts.find(({ index }) => index === posted.number);
    if (draft === undefined || !Drafts.isPostedAs(draft, posted)) return false;
    this.#drafts = this.#drafts.filter(({ index }) => index > posted.number);
    Drafts.forget(this.#config.chain.database, posted.number);
    return true;
  }

  /** For Derivation.truncate: forgets the blocks above `number`; their transactions wait again. */
  truncate(number: bigint): void {
    const { chain, say } = this.#config;
    const { database } = chain;
    say(`L1 says otherwise: blocks above ${number} are made anew`);
    const gone: Candidate.Candidate[] = [];
    for (let above = number + 1n; above <= chain.tip.number; above++) {
      for (const { encoded } of Database.transactionsOf(database, Number(above))) {
        if (encoded[0] === Deposit.TRANSACTION_TYPE) continue;
        gone.push(Candidate.decode(encoded, chain.context));
      }
    }
    const encoded = gone.map(({ waiting }) => waiting.encoded);
    // If the disk fails nothing is forgotten yet.
    Pending.writeNow(this.#pending, encoded);
    for (const { index } of this.#drafts) Drafts.forget(database, index);
    this.#drafts = [];
    Chain.truncate(chain, number);
    for (const candidate of gone) this.#putBack(candidate);
  }

  /** Tells that the chain has a block that this sequencer did not make. */
  seeForeignBlock(): void {
    for (const sender of [...this.#pool.queues.keys()]) this.#advance(sender);
  }

  /** Lets go of the disk once what is being written is there. */
  close(): Promise<void> {
    return Pending.close(this.#pending);
  }

  /** Makes blocks until told to stop. */
  async makeBlocks(signal: AbortSignal): Promise<void> {
    let beatMs = 0;
    while (!signal.aborted) {
      const isBeat = Date.now() >= beatMs && this.#hasWork();
      let goesOn = isBeat || this.#fillsBlock();
      while (goesOn && !signal.aborted) {
        const isFull = await this.#makeBlock();
        goesOn = isFull && (isBeat || this.#fillsBlock());
        await pause(0);
      }
      if (isBeat) beatMs = Date.now() + Pace.beatMs(this.#savings, this.#config.timing);
      await pause(IDLE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Posts closed batches in order until told to stop. */
  async postBatches(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#closeIfDue();
      const next = this.#drafts[0];
      const { database } = this.#config.chain;
      const isNext =
        next?.isClosed === true && next.index === InboxRecords.lastBatch(database) + 1n;
      if (isNext && (this.#isOld(next) || !this.#isBusy())) await this.#post(next, signal);
      else await pause(IDLE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether something waits that the next block may take. */
  #isBusy(): boolean {
    return this.#pool.bytes > this.#resting.bytes;
  }

  #fillsBlock(): boolean {
    return Pace.fillsBlock(this.#pool, this.#resting);
  }

  #hasWork(): boolean {
    const { database, tip } = this.#config.chain;
    const depositsMade = InboxRecords.depositCount(database);
    return this.#pool.byHash.size > 0 || tip.deposits < depositsMade || this.#owesBlocks();
  }

  #owesBlocks(): boolean {
    const l1Time = this.#l1?.timestamp ?? 0n;
    return OwedBlocks.isDue(this.#owed, this.#config.chain, this.#drafts.at(-1), l1Time);
  }

  async #makeBlock(): Promise<boolean> {
    this.#isBuilding = true;
    try {
      return await this.#build();
    } finally {
      this.#isBuilding = false;
    }
  }

  /** Makes one block; tells whether it had no room for something that waits. */
  async #build(): Promise<boolean> {
    const { chain, inbox, onBlock, say } = this.#config;
    const draft = await this.#openDraft();
    if (draft === undefined || this.#l1 === undefined) return false;

    const { tip } = chain;
    const l1Time = this.#l1.timestamp;
    const timestamp = l1Time > tip.header.timestamp ? l1Time : tip.header.timestamp;
    const overDrafts = Drafts.over(inbox, this.#drafts);
    const { pool, context } = { pool: this.#pool, context: chain.context };
    const isCurrent = () => chain.tip === tip && this.#drafts.includes(draft);
    const ingredients = { tip, context, inbox: overDrafts, draft, timestamp, pool, isCurrent };
    const built = await build(ingredients);
    if (built === undefined || !isCurrent()) return true;
    for (const { candidate, reason } of built.dropped) {
      say(`transaction ${candidate.hash} is dropped: ${reason}`);
      Mempool.remove(this.#pool, candidate);
    }
    const { sealed, taken, isBodyFull, isFull } = built;
    if (isBodyFull) this.#replaceDraft({ ...draft, isClosed: true });
    if (sealed.results.length === 0 && !this.#owesBlocks()) return this.#rest(isFull);

    const entries = taken.map(({ waiting }) => waiting.encoded);
    const aliasOf = (index: bigint) => InboxRecords.aliasOf(chain.database, index);
    Drafts.save(chain.database, draft);
    Chain.append(chain, Execution.toNewBlock(sealed, inbox, entries, aliasOf));
    const { body } = sealed;
    const isClosed = isBodyFull || body.length + ROOM_FOR_MORE > MAX_BODY_BYTES;
    this.#replaceDraft({ ...draft, body, lastBlock: chain.tip.number, isClosed });
    for (const candidate of taken) Mempool.remove(this.#pool, candidate);
    // Deposits use up nonces of their senders too.
    const senders = new Set(sealed.results.map(({ transaction }) => transaction.sender));
    for (const sender of senders) this.#advance(Hex.fromBytes(Bytes.fromBigInt(sender, 20)));
    this.#savings = Pace.afterBlock(this.#savings, Date.now());
    onBlock(chain.head);
    return this.#rest(isFull);
  }

  /** What is left after a block with room cannot be taken yet. */
  #rest(isFull: boolean): boolean {
    if (!isFull) this.#resting = { bytes: this.#pool.bytes, gas: this.#pool.gas };
    return isFull && this.#pool.byHash.size > 0;
  }

  /** The draft the next block goes into: the open one, or a new one that sees the newest L1 block. */
  async #openDraft(): Promise<Drafts.BatchDraft | undefined> {
    const { chain, headerOf } = this.#config;
    const { database } = chain;
    const last = this.#drafts.at(-1);
    if (last?.isClosed === false && last.lastBlock >= last.firstBlock) {
      if (last.depositsTo === InboxRecords.depositCount(database)) return last;
      // New deposits come into the next batch.
      this.#replaceDraft({ ...last, isClosed: true });
    }
    const l1 = this.#l1;
    if (l1 === undefined || this.#drafts.length >= MOST_DRAFTS) return undefined;
    const originHeader = await headerOf(l1.number);
    // L1 may have reorganised meanwhile: what counts is what is there now.
    const depositsMade = InboxRecords.depositCount(database);
    // A draft that got no block has an origin that is no longer the newest.
    this.#drafts = this.#drafts.filter(({ isClosed }) => isClosed);
    const posted = InboxRecords.batch(database, InboxRecords.lastBatch(database));
    const before = this.#drafts.at(-1);
    const draft: Drafts.BatchDraft = {
      index: (before?.index ?? InboxRecords.lastBatch(database)) + 1n,
      originNumber: l1.number,
      originHash: l1.hash,
      originHeader,
      depositsFrom: before?.depositsTo ?? posted?.batch.depositsTo ?? 0n,
      depositsTo: depositsMade,
      body: Bytes.EMPTY,
      firstBlock: chain.tip.number + 1n,
      lastBlock: chain.tip.number,
      isClosed: false,
      openedAtMs: Date.now(),
    };
    this.#drafts.push(draft);
    return draft;
  }

  #replaceDraft(draft: Drafts.BatchDraft): void {
    this.#drafts = this.#drafts.map((one) => (one.index === draft.index ? draft : one));
  }

  #closeIfDue(): void {
    const open = this.#drafts.at(-1);
    // While a block is made its draft stays open for it.
    if (this.#isBuilding) return;
    if (open === undefined || open.isClosed || open.lastBlock < open.firstBlock) return;
    if (this.#isOld(open)) this.#replaceDraft({ ...open, isClosed: true });
  }

  #isOld({ openedAtMs }: Drafts.BatchDraft): boolean {
    return Date.now() - openedAtMs >= this.#config.timing.batchMs;
  }

  async #post(draft: Drafts.BatchDraft, signal: AbortSignal): Promise<void> {
    const { chain, genesisAccumulator, post, say } = this.#config;
    const { database } = chain;
    if (!(await this.#check(draft))) return;
    const previous = InboxRecords.batch(database, draft.index - 1n)?.accumulator;
    const blocks = draft.lastBlock - draft.firstBlock + 1n;
    const { originNumber, depositsTo, body } = draft;
    const accumulator = previous ?? genesisAccumulator;
    const posted = post({ previous: accumulator, blocks, originNumber, depositsTo, body });
    // Its failure is heard of below.
    posted.catch(() => undefined);
    // L1 takes its time over a batch: the next one is checked meanwhile.
    const [, following] = this.#drafts;
    if (following?.isClosed === true) await this.#check(following);
    let l1Block: bigint;
    try {
      l1Block = (await posted).blockNumber;
      say(`batch ${draft.index} posted: ${blocks} blocks, ${body.length} bytes`);
    } catch (error) {
      if (signal.aborted) return;
      say(`batch ${draft.index} was refused by L1: ${shortly(error)}`);
      this.truncate(Derive.lastSafe(database));
      return;
    }
    // The next one extends this one: it waits until this one was read back, or is posted again if L1 has lost it.
    while (!signal.aborted && this.#drafts[0] === draft) {
      if ((this.#l1?.number ?? 0n) >= l1Block + SURELY_READ) {
        say(`batch ${draft.index} is not in L1: it is posted again`);
        return;
      }
      await pause(IDLE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #check(draft: Drafts.BatchDraft): Promise<boolean> {
    const inbox = Drafts.over(this.#config.inbox, this.#drafts);
    return Rederivation.check(this.#rederivation, inbox, draft, () => this.#drafts.includes(draft));
  }

  /** Brings the pool's nonce of a sender up to the chain's; what is stale by that is gone for good. */
  #advance(sender: string): void {
    const { nonce } = Accounts.account(this.#config.chain.tip.state, BigInt(sender));
    Mempool.advance(this.#pool, sender, nonce);
  }

  #putBack(candidate: Candidate.Candidate): void {
    const { nonce } = Accounts.account(this.#config.chain.tip.state, candidate.waiting.sender);
    Mempool.restore(this.#pool, candidate, nonce);
  }
}

function shortly(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error);
}
