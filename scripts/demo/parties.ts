// Who claims and who watches: an honest proposer, a watcher, and a liar, each with nothing but L1 and a key.
import { parseEther, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as Clock from "../../src/dispute/clock.ts";
import type * as Game from "../../src/dispute/game.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Send from "../../src/l1/send.ts";
import * as Derive from "../../src/node/derive.ts";
import * as Node from "../../src/node/node.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import type * as Propose from "../../src/watcher/propose.ts";
import * as RunWatcher from "../../src/watcher/runWatcher.ts";
import { watcherConfig } from "../deployment/watcherWiring.ts";
import type { Devnet } from "../devnet/devnet.ts";
import * as FalseTrace from "./falseTrace.ts";
import type * as Liar from "./liar.ts";

export type Party = RunWatcher.OpenWatcher & { readonly close: () => Promise<void> };

export type Crime = {
  readonly liar: Liar.Liar;
  readonly block: bigint;
  readonly step: number;
  readonly steps: number;
};

const POLL_MS = 100;
const SEND_TIMING = { pollMs: 50, repriceMs: 20_000 };
export const LOOT = parseEther("1000000");

/** A party that looks at L1 only when it is told to. */
export async function open(
  devnet: Pick<Devnet, "client" | "l1WalletOf" | "deployed">,
  key: Hex,
  policy: Propose.Policy | null,
  say: (line: string) => void,
): Promise<Party> {
  const abort = new AbortController();
  const config = watcherConfig(devnet.client, devnet.l1WalletOf(key), devnet.deployed, {
    ...{ path: ":memory:", pollMs: POLL_MS, policy, sendTiming: SEND_TIMING, say },
  });
  const opened = await RunWatcher.open(config, abort.signal);
  const close = async () => {
    abort.abort();
    await opened.watcher.close();
    Node.close(opened.node);
  };
  return { ...opened, close };
}

/** The game as L1 has it now. */
export function gameOf({ game }: Party): Promise<Game.Game> {
  return GameSync.sync(game);
}

/** The newest claim of a game. */
export function newestClaim(game: Game.Game): Game.Claim {
  const newest = [...game.claims.values()].at(-1);
  if (newest === undefined) throw new TypeError("a game has a genesis claim");
  return newest;
}

/** Whether a step of some block was executed on L1. */
export function isProven({ tree }: Game.Game): boolean {
  return [...tree.nodes.values()].some(({ timer }) => timer === Clock.FOREVER);
}

/** A lie on top of the newest claim, told in the first multiplication of a contract in a block. */
export async function conspire(
  devnet: Devnet,
  key: Hex,
  knows: Party,
  block: bigint,
  contract: bigint,
  say: (line: string) => void,
): Promise<Crime> {
  const { node, game: read } = knows;
  const source: Source = { chain: node.chain, inbox: node.inbox, config: read.config };
  const step = FalseTrace.findStep(
    source,
    block,
    ({ phase, frame }) =>
      phase === Phase.EXECUTE &&
      frame !== null &&
      frame.self === contract &&
      frame.bytecode[frame.pc] === Opcode.MUL,
  );
  if (step === undefined) throw new NoSuchStepError(block);
  const range = {
    parent: newestClaim(await GameSync.sync(read)),
    endBlock: Derive.lastSafe(node.chain.database),
  };
  const account = BigInt(privateKeyToAccount(key).address);
  const trace = FalseTrace.create(source, range, { block, step, account, amount: LOOT });
  if (trace === undefined) throw new NoSuchStepError(block);

  const { disputeGame, firstL1Block } = devnet.deployed;
  const state = await GameSync.open(devnet.client, disputeGame, firstL1Block);
  const retry = { signal: new AbortController().signal, say };
  const sender = Send.create(devnet.client, devnet.l1WalletOf(key), retry, SEND_TIMING);
  const steps = FalseTrace.countSteps(source, block);
  return { liar: { trace, state, sender, say }, block, step, steps };
}

export class NoSuchStepError extends Error {
  override readonly name = "Parties.NoSuchStepError";
  readonly block: bigint;
  constructor(block: bigint) {
    super(`block ${block} has no such step to lie about`);
    this.block = block;
  }
}
