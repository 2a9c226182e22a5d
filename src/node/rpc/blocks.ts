// Finding the block and the state that a call names.

import * as PatriciaTrie from "../../merkle/patriciaTrie.ts";
import * as Account from "../../machine/account.ts";
import * as HashedKeys from "../../machine/hashedKeys.ts";
import type * as World from "../../machine/world.ts";
import type { Backend } from "../backend.ts";
import * as Chain from "../chain.ts";
import type { BlockRecord } from "../record.ts";
import type { BlockId } from "./params.ts";
import { InvalidInputError } from "./rpcError.ts";

/** The block that was named, or undefined if there is none. */
export function find(backend: Backend, id: BlockId): BlockRecord | undefined {
  const { chain } = backend;
  if ("hash" in id) return Chain.blockByHash(chain, id.hash);
  if ("number" in id) return Chain.blockByNumber(chain, id.number);
  switch (id.tag) {
    case "latest":
    case "pending":
      return chain.head;
    case "safe":
      return Chain.blockByNumber(chain, backend.progress().safe);
    case "finalized":
      return Chain.blockByNumber(chain, backend.progress().finalized);
    case "earliest":
      return Chain.blockByNumber(chain, 0n);
  }
}

/** The block that was named; one that is not there is the caller's mistake: InvalidInputError. */
export function require(backend: Backend, id: BlockId): BlockRecord {
  const block = find(backend, id);
  if (block === undefined) throw new InvalidInputError("header not found");
  return block;
}

/** The state after the block that was named. */
export function stateOf(backend: Backend, id: BlockId): World.State {
  const { chain } = backend;
  const block = require(backend, id);
  return block === chain.head ? chain.tip.state : Chain.stateOf(chain, block);
}

/** An account of a state; one that is not there is empty. */
export function account(state: World.State, address: bigint): Account.Account {
  return PatriciaTrie.get(state, HashedKeys.ofAddress(address)) ?? Account.EMPTY;
}
