// One thread's share of a block: it takes every step from the first to the last, and hashes the states of every nth
// segment. A step without hashing is so much cheaper that running the others' segments costs little.
import * as PatriciaTrie from "../merkle/patriciaTrie.ts";
import * as Account from "../machine/account.ts";
import * as Block from "../machine/block.ts";
import * as Chunk from "../machine/chunk.ts";
import type * as Context from "../machine/context.ts";
import * as Phase from "../machine/phase.ts";
import type * as Tip from "../machine/tip.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Reads from "./reads.ts";
import { treeShape } from "./treeShape.ts";

/** Where the block begins, and which part of it is whose. */
export type Share = Reads.Line & {
  readonly tip: Omit<Tip.Tip, "state">;
  readonly context: Context.Context;
  readonly portal: Uint8Array;
  readonly stepHeight: number;
  readonly threads: number;
  readonly thread: number;
};

/** What a thread says: the roots of a segment's chunks one behind the other, and in the end how many steps there are. */
export type Committed =
  | { readonly segment: number; readonly roots: Uint8Array }
  | { readonly steps: number }
  | { readonly failure: string };

// So few that threads end together, so many that little is run for each.
const SEGMENT_CHUNKS = 16;

/** Commits to a share, to its end or until told to stop. */
export function commit(share: Share, tell: (committed: Committed) => void): void {
  const { tip, context, portal, threads, thread } = share;
  const { source, inbox } = Reads.ask(share, portal);
  const shape = treeShape(share.stepHeight);
  const codec = Account.codec(source);
  const state = PatriciaTrie.fromRootWith(tip.header.stateRoot, source.nodes, codec);
  const machine = Block.after({ ...tip, state }, context, inbox);

  let steps = 0;
  for (let segment = 0; segment === 0 || machine.phase !== Phase.DONE; segment++) {
    if (Reads.isToldToEnd(share)) return;
    if (segment % threads !== thread) {
      steps += Chunk.run(machine, SEGMENT_CHUNKS * Chunk.STEPS);
      continue;
    }
    const roots: Uint8Array[] = [];
    do {
      const rows = Chunk.commit(machine, shape);
      steps += rows[0]?.length ?? 0;
      roots.push(Chunk.root(rows));
      if (Reads.isToldToEnd(share)) return;
    } while (roots.length < SEGMENT_CHUNKS && machine.phase !== Phase.DONE);
    tell({ segment, roots: Bytes.concat(...roots) });
  }
  tell({ steps });
}
