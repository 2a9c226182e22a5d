// A chain in a database as a node derives it, without an L1: each block in a batch of its own.
import { setImmediate } from "node:timers/promises";
import type * as Genesis from "../../src/machine/genesis.ts";
import * as Block from "../../src/machine/block.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Chain from "../../src/node/chain.ts";
import * as Database from "../../src/node/database.ts";
import * as Derive from "../../src/node/derive.ts";
import * as InboxRecords from "../../src/node/inboxRecords.ts";
import type { BlockRecord } from "../../src/node/record.ts";
import * as Body from "../../src/protocol/body.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import { assemble } from "../parity/program.ts";
import * as L1Chain from "./l1Chain.ts";
import * as L2Chain from "./l2Chain.ts";

const CONFIG = { blockHeight: 16, stepHeight: 26 };
const SLIDE = 2_000;
const KEPT = 3_000n;

/** Runs down JUMPDESTs until its gas is nearly used up: about a step for each unit of it. */
export const slide = assemble(
  new Uint8Array(SLIDE).fill(Opcode.JUMPDEST),
  Opcode.GAS,
  KEPT,
  Opcode.LT,
  0n,
  Opcode.JUMPI,
);

/** The chain whose blocks hold these signed transactions, in a database at a path. */
export async function open(
  accounts: readonly Genesis.GenesisAccount[],
  blocks: readonly (readonly Uint8Array[])[],
  path = ":memory:",
): Promise<Source> {
  const pretended = L2Chain.create(accounts);
  const database = Database.open(path);
  const chain = Chain.open(database, pretended.context, pretended.genesis);
  const inbox = InboxRecords.inbox(database, L1Chain.PORTAL);
  blocks.forEach((transactions, index) => {
    const timestamp = L2Chain.GENESIS_TIME + BigInt(2 * (index + 1));
    const body = Body.encode([{ timestamp, transactions: [...transactions] }]);
    const { index: number, l1Block, ...posted } = L1Chain.post(pretended.l1, { blocks: 1n, body });
    InboxRecords.putBatch(database, Number(l1Block), { number, ...posted });
    L1Chain.mine(pretended.l1);
  });
  const source = { chain, inbox, config: CONFIG };
  await Derive.derive(derivation(source), new AbortController().signal);
  return source;
}

/** Goes back to what the inbox still holds. */
export function cutBack(source: Source): void {
  Derive.cutBack(derivation(source));
}

/** Takes back, as L1 does, the blocks after one; what it gives brings the same ones again, and tells of each. */
export function takeBack(
  source: Source,
  number: bigint,
): (onBlock: (block: BlockRecord) => void) => Promise<void> {
  const { database } = source.chain;
  const taken: { readonly l1Block: bigint; readonly posted: InboxRecords.PostedBatch }[] = [];
  // Block n is that of batch n.
  for (let batch = number + 1n; batch <= InboxRecords.lastBatch(database); batch++) {
    const posted = InboxRecords.batch(database, batch);
    const l1Block = InboxRecords.l1BlockOf(database, "batches", batch);
    if (posted !== undefined && l1Block !== undefined) taken.push({ l1Block, posted });
  }
  Derive.forgetL1(database, (taken[0]?.l1Block ?? 1n) - 1n);
  cutBack(source);
  return async (onBlock) => {
    for (const { l1Block, posted } of taken)
      InboxRecords.putBatch(database, Number(l1Block), posted);
    await Derive.derive({ ...derivation(source), onBlock }, new AbortController().signal);
  };
}

/** A machine about to begin a block. */
export function beforeBlock({ chain, inbox }: Source, number: bigint): Machine.Machine {
  return Block.after(Chain.tipAt(chain, number - 1n), chain.context, inbox);
}

function derivation({ chain, inbox }: Source): Derive.Derivation {
  return {
    ...{ chain, inbox, onBlock: () => undefined, isOwn: () => false, rest: () => setImmediate() },
    truncate: (number) => Chain.truncate(chain, number),
  };
}
