// What a transfer costs the sequencer, stage by stage: processor time of one core, without JSON-RPC's sockets and without L1.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as Block from "../../src/machine/block.ts";
import * as BlockBuilder from "../../src/machine/blockBuilder.ts";
import type * as Genesis from "../../src/machine/genesis.ts";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as Execution from "../../src/node/execution.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { recoverSender, signedBy, type Transaction } from "../../src/protocol/transaction.ts";
import * as Candidate from "../../src/sequencer/candidate.ts";
import * as Pending from "../../src/sequencer/pending.ts";
import * as PendingFile from "../../src/sequencer/pendingFile.ts";
import * as L1Chain from "../../test/harness/l1Chain.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import * as CpuTime from "./cpuTime.ts";
import * as Programs from "./programs.ts";
import * as Workload from "./workload.ts";

export const STAGES = ["read", "decode", "recover", "keep", "build", "append", "derive"] as const;
export type Stage = (typeof STAGES)[number];

/** Microseconds of each stage for one transfer. */
export type Stages = Readonly<Record<Stage, number>>;

/** As many as fit one block, whatever the kind. */
const PER_BLOCK = 512;
const NONCES_PER_BLOCK = PER_BLOCK / Workload.SENDERS;
const PER_REQUEST = 100;
const ROUNDS = 24;
/** What other threads still do for the stage before is not counted for the next. */
const SETTLING_MS = 50;

/** The best of some blocks, each full of transfers to new accounts. */
export async function measure(kind: Workload.Kind): Promise<Stages> {
  const folder = mkdtempSync(join(tmpdir(), "tribunal-stages-"));
  const database = Database.open(join(folder, "sequencer.sqlite"));
  const { pending } = Pending.open(PendingFile.open(join(folder, "pending")), () => []);
  try {
    const l2 = L2Chain.create(accounts());
    const chain = Chain.open(database, l2.context, l2.genesis);
    const best = new Map<Stage, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const transfers = Workload.sign(kind, PER_BLOCK, round * NONCES_PER_BLOCK);
      for (const [stage, seconds] of await block(l2, chain, pending, transfers)) {
        best.set(stage, Math.min(seconds, best.get(stage) ?? Infinity));
      }
    }
    const microseconds = (stage: Stage) => ((best.get(stage) ?? NaN) * 1e6) / PER_BLOCK;
    return Object.fromEntries(STAGES.map((stage) => [stage, microseconds(stage)])) as Stages;
  } finally {
    await Pending.close(pending);
    Database.close(database);
    rmSync(folder, { recursive: true });
  }
}

async function block(
  l2: L2Chain.L2Chain,
  chain: Chain.Chain,
  pending: Pending.Pending,
  transfers: readonly Hex.Hex[],
): Promise<Map<Stage, number>> {
  const spent = new Map<Stage, number>();
  const timed = async (stage: Stage, work: () => void | Promise<void>) => {
    await pause(SETTLING_MS);
    spent.set(stage, await CpuTime.timed(work));
  };
  const requests = requestsOf(transfers);
  const { context } = chain;
  let encoded: Uint8Array[] = [];
  let unsigned: Transaction[] = [];
  let senders: (bigint | undefined)[] = [];

  await timed("read", () => {
    encoded = requests.flatMap((text) =>
      (JSON.parse(text) as { params: [string] }[]).map(({ params: [hex] }) => Hex.toBytes(hex)),
    );
  });
  await timed("decode", () => {
    unsigned = encoded.map((bytes) => Candidate.decodeUnsigned(bytes, context));
  });
  await timed("recover", () => {
    senders = unsigned.map(recoverSender);
  });
  unsigned.forEach((transaction, i) => signedBy(transaction, senders[i]));
  await timed("keep", async () => {
    for (let from = 0; from < encoded.length; from += PER_REQUEST) {
      const group = encoded.slice(from, from + PER_REQUEST);
      await Promise.all(group.map((bytes) => Pending.write(pending, bytes)));
    }
  });

  L1Chain.mine(l2.l1);
  const { tip } = chain;
  const inbox = L2Chain.inboxOf(l2);
  let sealed: BlockBuilder.Sealed | undefined;
  await timed("build", () => {
    const timestamp = tip.header.timestamp + 1n;
    const builder = BlockBuilder.create(tip, context, inbox, L2Chain.draftOf(l2), timestamp);
    for (const bytes of encoded) {
      assert(BlockBuilder.offer(builder, bytes).type === "taken", "a transfer is taken");
    }
    sealed = BlockBuilder.seal(builder);
  });
  const built = sealed;
  assert(built !== undefined, "a block was built");
  await timed("append", () => {
    Chain.append(
      chain,
      Execution.toNewBlock(built, inbox, encoded, () => undefined),
    );
  });
  L1Chain.post(l2.l1, { blocks: 1n, body: built.body });
  const posted = L2Chain.inboxOf(l2);
  await timed("derive", () => {
    const again = Block.execute(tip, context, posted);
    assert(Bytes.equals(again.tip.headerHash, built.tip.headerHash), "the block derives");
  });
  return spent;
}

function requestsOf(transfers: readonly Hex.Hex[]): string[] {
  const requests: string[] = [];
  for (let from = 0; from < transfers.length; from += PER_REQUEST) {
    const calls = transfers.slice(from, from + PER_REQUEST).map((transfer, id) => {
      return { jsonrpc: "2.0", id, method: "eth_sendRawTransaction", params: [transfer] };
    });
    requests.push(JSON.stringify(calls));
  }
  return requests;
}

function accounts(): Genesis.GenesisAccount[] {
  const holders = Workload.senders.map((sender) => BigInt(sender));
  const storage = holders.map((holder) => ({
    slot: Programs.balanceSlot(holder),
    value: Workload.TOKENS,
  }));
  return [
    ...holders.map((holder) => L2Chain.fundedAt(holder, Workload.FUNDS)),
    { address: BigInt(Workload.token), nonce: 1n, balance: 0n, code: Programs.tokenCode, storage },
  ];
}
