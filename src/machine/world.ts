// Everything that a frame can change and a revert restores. A World never changes: a write makes a new
// one that shares the rest, so a snapshot is a reference. Twin: contracts/machine/World.sol.
import { commit, tag } from "../primitives/commitment.ts";
import * as PatriciaTrie from "../merkle/patriciaTrie.ts";
import * as Witness from "../merkle/witness.ts";
import * as Account from "./account.ts";
import * as Logs from "./logs.ts";

export const TAG_WORLD = tag("world");
export const TAG_DESTROYED = tag("destroyed");

export type State = PatriciaTrie.PatriciaTrie<Account.Account>;

/** Accounts to remove when the transaction ends, newest first. */
export type Destroyed = {
  readonly previous: Destroyed | null;
  readonly address: bigint;
  hashed: Uint8Array | null;
};

export type World = {
  readonly state: State;
  readonly substate: PatriciaTrie.PatriciaTrie<bigint>;
  readonly transient: PatriciaTrie.PatriciaTrie<bigint>;
  readonly logs: Logs.Logs | null;
  readonly bloom: Logs.Bloom;
  readonly destroyed: Destroyed | null;
  readonly refund: number;
  hashed: Uint8Array | null;
};

/** In the substate, what an accessed address has for a value. */
export const ACCESSED = -1n;

/** In the substate, the value of an address that was created in this transaction. */
export const CREATED = -2n;

const substateCodec: PatriciaTrie.Codec<bigint> = {
  encode: (value) => {
    if (value === ACCESSED) return Uint8Array.of(0x01);
    if (value === CREATED) return Uint8Array.of(0x02);
    return Account.slotCodec.encode(value);
  },
  decode: Account.slotCodec.decode,
  equals: Account.slotCodec.equals,
};

const emptySubstate = PatriciaTrie.emptyWith(substateCodec);
const emptyTransient = PatriciaTrie.emptyWith(Account.slotCodec);
const nothingDestroyed = new Uint8Array(32);

/** The world over a state with nothing touched yet. */
export function create(state: State, bloom: Logs.Bloom): World {
  return {
    state,
    substate: emptySubstate,
    transient: emptyTransient,
    logs: null,
    bloom,
    destroyed: null,
    refund: 0,
    hashed: null,
  };
}

/** The world as the next transaction finds it: only the state and the block's bloom stay. */
export function reset(world: World): World {
  return create(world.state, world.bloom);
}

/** The world with another state. */
export function withState(world: World, state: State): World {
  const { substate, transient, logs, bloom, destroyed, refund } = world;
  return { state, substate, transient, logs, bloom, destroyed, refund, hashed: null };
}

/** The world with another substate. */
export function withSubstate(world: World, substate: World["substate"]): World {
  const { state, transient, logs, bloom, destroyed, refund } = world;
  return { state, substate, transient, logs, bloom, destroyed, refund, hashed: null };
}

/** The world with other transient storage. */
export function withTransient(world: World, transient: World["transient"]): World {
  const { state, substate, logs, bloom, destroyed, refund } = world;
  return { state, substate, transient, logs, bloom, destroyed, refund, hashed: null };
}

/** The world after a log. */
export function withLog(world: World, log: Logs.Log): World {
  const logs = Logs.append(world.logs, log);
  return { ...world, logs, bloom: Logs.addToBloom(world.bloom, log), hashed: null };
}

/** The world with one more account to remove. */
export function addDestroyed(world: World, address: bigint): World {
  const destroyed = { previous: world.destroyed, address, hashed: null };
  return { ...world, destroyed, hashed: null };
}

/** The world without the newest account to remove. */
export function withoutNewestDestroyed(world: World, newest: Destroyed): World {
  return { ...world, destroyed: newest.previous, hashed: null };
}

/** The world with its refund raised or lowered, but never below zero. */
export function applyRefund(world: World, change: number): World {
  const refund = Math.max(0, world.refund + change);
  return { ...world, refund, hashed: null };
}

/** The commitment to the world. */
export function hash(world: World): Uint8Array {
  world.hashed ??= commit(
    TAG_WORLD,
    PatriciaTrie.root(world.state),
    PatriciaTrie.root(world.substate),
    PatriciaTrie.root(world.transient),
    Logs.hash(world.logs),
    Logs.hashBloom(world.bloom),
    hashDestroyed(world.destroyed),
    world.refund,
  );
  return world.hashed;
}

/** The commitment to the accounts to remove. A loop, because one account can be destroyed very often. */
export function hashDestroyed(destroyed: Destroyed | null): Uint8Array {
  const unhashed: Destroyed[] = [];
  let known = destroyed;
  for (; known !== null && known.hashed === null; known = known.previous) unhashed.push(known);

  let hashed: Uint8Array = known?.hashed ?? nothingDestroyed;
  for (const next of unhashed.reverse()) {
    hashed = commit(TAG_DESTROYED, hashed, next.address);
    next.hashed = hashed;
  }
  return hashed;
}

/** Puts the fields of the world into the witness, if there is one. */
export function open(world: World, witness: Witness.WitnessWriter | null): void {
  if (witness === null) return;
  Witness.writeBytes32(witness, PatriciaTrie.root(world.state));
  Witness.writeBytes32(witness, PatriciaTrie.root(world.substate));
  Witness.writeBytes32(witness, PatriciaTrie.root(world.transient));
  Witness.writeBytes32(witness, Logs.hash(world.logs));
  Witness.writeBytes32(witness, Logs.hashBloom(world.bloom));
  Witness.writeBytes32(witness, hashDestroyed(world.destroyed));
  Witness.writeUint64(witness, BigInt(world.refund));
}
