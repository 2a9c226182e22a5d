// The dispute game as L1 logged it: read once, log by log, and cut back to the last block that L1 still has when it
// reorganises. Nothing else is kept, so a new process knows as much as one that never stopped.
import { numberToHex, type Address } from "viem";
import * as Game from "../dispute/game.ts";
import type { GameEvent } from "../dispute/gameEvent.ts";
import * as Abi from "../l1/abi.ts";
import { toGameEvents } from "../l1/gameEvents.ts";
import type { L1Client } from "../l1/send.ts";

/** The logs of one L1 block. */
type LogBlock = {
  readonly number: bigint;
  readonly hash: string;
  readonly time: bigint;
  readonly events: readonly GameEvent[];
};

type Head = Pick<LogBlock, "number" | "hash" | "time">;

export type GameSync = {
  readonly client: L1Client;
  readonly address: Address;
  readonly config: Game.Config;
  /** Where the log begins, or any block before that. */
  readonly firstBlock: bigint;
  /** Every block that logged something, in order. */
  readonly read: LogBlock[];
  /** The last block that was read. */
  last: Head | undefined;
  game: Game.Game | undefined;
  /** How often something that had been read was no longer in L1. */
  cuts: number;
  /** The end of the queue: a reading starts when this one is done. */
  reading: Promise<unknown>;
};

/** Blocks asked for at a time. */
const RANGE = 2_000n;
/**
 * So many blocks below the head are asked for one by one, by their hashes. Behind one address there may be several nodes,
 * some of them behind: such a one answers a range with the logs that it has, as if there were no others, and a hash that it
 * does not know with an error.
 */
const NEWEST = 32n;

/** A game of which nothing is read yet. */
export async function open(
  client: L1Client,
  address: Address,
  firstBlock: bigint,
): Promise<GameSync> {
  const config = await readConfig(client, address);
  return {
    ...{ client, address, config, firstBlock, read: [], last: undefined, game: undefined },
    ...{ cuts: 0, reading: Promise.resolve() },
  };
}

/**
 * Reads on to the head of L1 and gives the game as it stands there; the next reading changes it in place. Rejects with
 * NoGameError or NoGenesisError where no game began.
 */
export function sync(state: GameSync): Promise<Game.Game> {
  const done = state.reading.then(() => readOn(state));
  state.reading = done.catch(() => undefined);
  return done;
}

async function readOn(state: GameSync): Promise<Game.Game> {
  const { client } = state;
  for (;;) {
    const { number, hash, timestamp } = await client.getBlock();
    const head = { number, hash, time: timestamp };
    await cutBack(state, number);
    const from = state.last === undefined ? state.firstBlock : state.last.number + 1n;
    const fresh = await readBlocks(state, from, number);
    // If L1 reorganised while it was read, what was read may be of two minds.
    const stands = (await hashOf(state, number, number)) === hash;
    if (stands && fresh !== undefined) return advance(state, fresh, head);
  }
}

/** What the deployer of a game chose. */
export async function readConfig(client: L1Client, address: Address): Promise<Game.Config> {
  const contract = { address, abi: Abi.DISPUTE_GAME } as const;
  return {
    blockHeight: await client.readContract({ ...contract, functionName: "BLOCK_HEIGHT" }),
    stepHeight: await client.readContract({ ...contract, functionName: "STEP_HEIGHT" }),
    timeout: BigInt(await client.readContract({ ...contract, functionName: "TIMEOUT" })),
    claimBond: await client.readContract({ ...contract, functionName: "CLAIM_BOND" }),
    refinementBond: await client.readContract({ ...contract, functionName: "REFINEMENT_BOND" }),
  };
}

function advance(state: GameSync, fresh: readonly LogBlock[], head: Head): Game.Game {
  const game = replayAll(state.config, state.game, fresh);
  if (game === undefined) throw new NoGameError(state.address, head.number);
  state.read.push(...fresh);
  state.last = head;
  state.game = { ...game, now: head.time };
  return state.game;
}

function replayAll(
  config: Game.Config,
  start: Game.Game | undefined,
  blocks: readonly LogBlock[],
): Game.Game | undefined {
  return blocks.reduce((game, block) => replay(config, game, block), start);
}

// The maps inside are changed in place: only the time is new.
function replay(
  config: Game.Config,
  before: Game.Game | undefined,
  { time, events }: LogBlock,
): Game.Game {
  if (before === undefined) return birth(config, time, events);
  const game = { ...before, now: time };
  for (const event of events) Game.write(game, event);
  return game;
}

// A game begins with its genesis claim, proposed and confirmed by nobody.
function birth(config: Game.Config, time: bigint, events: readonly GameEvent[]): Game.Game {
  const [proposed, , ...rest] = events;
  if (proposed?.kind !== "Proposed") throw new NoGenesisError(proposed?.kind);
  const game = Game.create(config, proposed.endState, time);
  for (const event of rest) Game.write(game, event);
  return game;
}

// Forgets every block that L1 no longer has; the game is then made again from what is left.
async function cutBack(state: GameSync, head: bigint): Promise<void> {
  const { last, read } = state;
  if (last === undefined || (await hashOf(state, last.number, head)) === last.hash) return;
  for (let newest = read.at(-1); newest !== undefined; newest = read.at(-1)) {
    if ((await hashOf(state, newest.number, head)) === newest.hash) break;
    read.pop();
  }
  state.cuts++;
  state.last = read.at(-1);
  state.game = replayAll(state.config, undefined, read);
}

async function hashOf(
  { client }: GameSync,
  number: bigint,
  head: bigint,
): Promise<string | undefined> {
  if (number > head) return undefined;
  const params = [numberToHex(number), false] as const;
  const block = await client.request({ method: "eth_getBlockByNumber", params: [...params] });
  return block?.hash ?? undefined;
}

// Undefined if a block of the log is gone again.
async function readBlocks(
  state: GameSync,
  first: bigint,
  last: bigint,
): Promise<LogBlock[] | undefined> {
  const { client, address } = state;
  const settled = last - NEWEST;
  const blocks = await readRanges(state, first, settled);
  if (blocks === undefined) return undefined;
  for (let number = first > settled ? first : settled + 1n; number <= last; number++) {
    const { hash, timestamp: time } = await client.getBlock({ blockNumber: number });
    const logs = await client.getLogs({ address, blockHash: hash });
    if (logs.length > 0) blocks.push({ number, hash, time, events: toGameEvents(logs) });
  }
  return blocks;
}

async function readRanges(
  { client, address }: GameSync,
  first: bigint,
  last: bigint,
): Promise<LogBlock[] | undefined> {
  const blocks: LogBlock[] = [];
  for (let from = first; from <= last; from += RANGE) {
    const to = from + RANGE - 1n < last ? from + RANGE - 1n : last;
    const logs = await client.getLogs({ address, fromBlock: from, toBlock: to });
    for (const [hash, ofBlock] of Map.groupBy(logs, (log) => log.blockHash)) {
      const block = await client.request({
        method: "eth_getBlockByHash",
        params: [hash, false],
      });
      if (block === null || block.number === null) return undefined;
      const [number, time] = [BigInt(block.number), BigInt(block.timestamp)];
      blocks.push({ number, hash, time, events: toGameEvents(ofBlock) });
    }
  }
  return blocks;
}

export class NoGameError extends Error {
  override readonly name = "GameSync.NoGameError";
  readonly address: Address;
  readonly head: bigint;
  constructor(address: Address, head: bigint) {
    super(`up to L1 block ${head} no dispute game has logged its birth at ${address}`);
    this.address = address;
    this.head = head;
  }
}

export class NoGenesisError extends Error {
  override readonly name = "GameSync.NoGenesisError";
  readonly kind: string | undefined;
  constructor(kind: string | undefined) {
    super(`expected the log to begin with the genesis claim, got ${kind ?? "nothing"}`);
    this.kind = kind;
  }
}
