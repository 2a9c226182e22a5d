// Running a message that nobody signed over the state after a block: eth_call and eth_estimateGas.

import * as PersistentTree from "../../merkle/persistentTree.ts";
import type * as BlockContext from "../../machine/blockContext.ts";
import * as Cursor from "../../machine/cursor.ts";
import * as IntrinsicGas from "../../machine/intrinsicGas.ts";
import * as Logs from "../../machine/logs.ts";
import type * as Machine from "../../machine/machine.ts";
import * as Run from "../../machine/run.ts";
import * as Phase from "../../machine/phase.ts";
import * as Tip from "../../machine/tip.ts";
import * as TransactionContext from "../../machine/transactionContext.ts";
import * as View from "../../machine/view.ts";
import * as World from "../../machine/world.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Hex from "../../primitives/hex.ts";
import * as BaseFee from "../../protocol/baseFee.ts";
import { ENTRY_TREE_HEIGHT, RING_HEIGHT, TRANSACTION_GAS_CAP } from "../../protocol/limits.ts";
import type { Backend } from "../backend.ts";
import * as Chain from "../chain.ts";
import type { BlockRecord } from "../record.ts";
import * as Blocks from "./blocks.ts";
import * as Budget from "./budget.ts";
import * as HaltReason from "./haltReason.ts";
import * as Overrides from "./overrides.ts";
import type { BlockId, CallRequest } from "./params.ts";
import * as RevertReason from "./revertReason.ts";
import { ExecutionRevertedError, InvalidInputError } from "./rpcError.ts";

/** Where a call runs, a block's environment and the state after it, and for how long at most. */
export type Place = {
  readonly backend: Backend;
  readonly block: BlockContext.Block;
  readonly state: World.State;
  readonly precompiles: Overrides.Precompiles;
  readonly budget: Budget.Budget;
};

/** What a call is to find otherwise than the chain has it. */
export type Changes = { readonly accounts: Overrides.Accounts; readonly block: Overrides.Block };

/** Is shown every state that a call or transaction goes through. */
export type Observe = (machine: Machine.Machine) => void;

/** Steps between two looks at the clock; a precompile may take as long as all of them. */
const STEPS_PER_LOOK = 1_024;

/** The place at the block that was named, with what is to be otherwise. */
export function placeAt(backend: Backend, id: BlockId, { accounts, block }: Changes): Place {
  const record = Blocks.require(backend, id);
  const tip = Chain.tipAt(backend.chain, record.header.number);
  const own = environment(record, ringBefore(backend, record, tip));
  const isPending = "tag" in id && id.tag === "pending";
  const there = isPending ? nextEnvironment(backend, record, { ...own, ring: tip.ring }) : own;
  const { number = there.number } = block;
  const ring = number === there.number ? there.ring : ringOf(backend, record, number);
  const { fork } = backend.chain.context;
  return {
    backend,
    block: { ...Overrides.blockWith(there, block), ring },
    state: Overrides.stateWith(tip.state, accounts),
    precompiles: Overrides.precompilesWith(accounts, fork),
    budget: Budget.begin("this call"),
  };
}

/** Looks at the clock now and then while a machine runs, and after precompiles that have moved. */
export function watched(
  { budget, precompiles }: Pick<Place, "budget" | "precompiles">,
  observe?: Observe,
): Observe {
  let steps = 0;
  return (machine) => {
    Overrides.redirect(precompiles, machine);
    steps += 1;
    if (steps % STEPS_PER_LOOK === 0 || machine.phase === Phase.PRECOMPILE) Budget.check(budget);
    observe?.(machine);
  };
}

// A block's own hash has taken the place of the oldest one that the block could read.
function ringBefore(
  { chain }: Backend,
  { header }: BlockRecord,
  { ring }: Tip.Tip,
): PersistentTree.PersistentTree {
  const oldest = header.number - BigInt(Tip.RING_SIZE);
  const block = oldest < 0n ? undefined : Chain.blockByNumber(chain, oldest);
  return block === undefined ? ring : Tip.addToRing(ring, oldest, block.hash);
}

// What a block of that number can read: the hashes of those before it that are there.
function ringOf(
  { chain }: Backend,
  { header }: BlockRecord,
  number: bigint,
): PersistentTree.PersistentTree {
  const size = BigInt(Tip.RING_SIZE);
  const first = number < size ? 0n : number - size;
  const end = number <= header.number ? number : header.number + 1n;
  let ring = PersistentTree.empty(RING_HEIGHT);
  for (let before = first; before < end; before++) {
    const block = Chain.blockByNumber(chain, before);
    if (block !== undefined) ring = Tip.addToRing(ring, before, block.hash);
  }
  return ring;
}

/** What a transaction sent now will see, as far as it is known: contracts may cost more as time goes on. */
function nextEnvironment(
  backend: Backend,
  { header, hash }: BlockRecord,
  block: BlockContext.Block,
): BlockContext.Block {
  const soonest = header.timestamp + 1n;
  const { l1Timestamp } = backend.progress();
  return {
    ...block,
    number: header.number + 1n,
    timestamp: l1Timestamp > soonest ? l1Timestamp : soonest,
    baseFee: BaseFee.nextBaseFee(header),
    parentHash: hash,
  };
}

/** Runs the call with `gas` to spend; throws LimitExceededError if it takes too long. */
export function run(
  place: Place,
  request: CallRequest,
  gas: bigint,
  observe?: Observe,
): Machine.Result {
  const { backend, state } = place;
  requireChain(backend, request);
  requireFees(request);
  const transaction = toTransaction(place.state, request, gas);
  const least = IntrinsicGas.least(transaction, backend.chain.context);
  if (gas < least) throw new InvalidInputError(`intrinsic gas too low: have ${gas}, want ${least}`);

  const { balance } = Blocks.account(state, transaction.sender);
  if (balance < transaction.value) {
    const sender = Hex.fromBytes(Bytes.fromBigInt(transaction.sender, 20));
    const amounts = `address ${sender} have ${balance} want ${transaction.value}`;
    throw new InvalidInputError(`insufficient funds for transfer: ${amounts}`);
  }
  // A call that offers less than the base fee, or nothing, runs as if there were none, and BASEFEE reads zero.
  const isFree = transaction.gasPrice < place.block.baseFee;
  const block = isFree ? { ...place.block, baseFee: 0n } : place.block;
  const world = World.create(state, Logs.EMPTY_BLOOM);
  const { context } = backend.chain;
  const look = watched(place, observe);
  const { machine, result } = Run.executeCall(context, block, world, transaction, look);
  observe?.(machine);
  if (result === null) throw new TypeError("a call that started has a result");
  return result;
}

/** Throws InvalidInputError for a request for another chain; in geth's words, which clients know. */
export function requireChain({ chain }: Backend, { chainId }: CallRequest): void {
  const own = chain.context.chainId;
  if (chainId !== undefined && chainId !== own) {
    throw new InvalidInputError(`chainId does not match node's (have=${chainId}, want=${own})`);
  }
}

function requireFees({ maxFeePerGas, maxPriorityFeePerGas }: CallRequest): void {
  if (maxFeePerGas === undefined || maxPriorityFeePerGas === undefined) return;
  if (maxPriorityFeePerGas > maxFeePerGas) {
    const fees = `maxPriorityFeePerGas: ${maxPriorityFeePerGas}, maxFeePerGas: ${maxFeePerGas}`;
    throw new InvalidInputError(`max priority fee per gas higher than max fee per gas: ${fees}`);
  }
}

/** The gas that a call must have at least, whatever it does. */
export function leastGas(place: Place, request: CallRequest): bigint {
  return IntrinsicGas.least(toTransaction(place.state, request, 0n), place.backend.chain.context);
}

/** The most gas a call may use: what it asks for, below the cap of a transaction. */
export function gasCap(request: CallRequest): bigint {
  const { gas } = request;
  return gas === undefined || gas > TRANSACTION_GAS_CAP ? TRANSACTION_GAS_CAP : gas;
}

/** Runs the call with `gas` to spend; throws ExecutionRevertedError or InvalidInputError if it fails. */
export function runToSuccess(place: Place, request: CallRequest, gas: bigint): Machine.Result {
  const result = run(place, request, gas);
  const { status, output } = result;
  if (status === Cursor.STATUS_REVERT) {
    throw new ExecutionRevertedError(RevertReason.of(output), Hex.fromBytes(output));
  }
  if (status === Cursor.STATUS_HALT) throw new InvalidInputError(haltReason(place, request, gas));
  return result;
}

/** Why the call halts. Nothing is observed of a call that goes well, as that costs time: one that halts runs again. */
export function haltReason(place: Place, request: CallRequest, gas: bigint): string {
  let reason: string = HaltReason.OUT_OF_GAS;
  run(place, request, gas, (machine) => (reason = HaltReason.at(machine, reason)));
  return reason;
}

/** The request as the machine takes it, from an account of a state. */
export function toTransaction(
  state: World.State,
  request: CallRequest,
  gas: bigint,
): TransactionContext.Transaction {
  const sender = request.from === undefined ? 0n : Bytes.toBigInt(request.from);
  const { nonce } = Blocks.account(state, sender);
  const price = request.gasPrice ?? request.maxFeePerGas ?? 0n;
  const accessList = request.accessList.map(({ address, slots }) => ({
    address: Bytes.toBigInt(address),
    slots: slots.map(Bytes.toBigInt),
  }));
  const { authorizations } = request;
  return {
    kind: authorizations.length > 0 ? TransactionContext.SET_CODE : TransactionContext.DYNAMIC_FEE,
    hash: new Uint8Array(32),
    sender,
    isCreation: request.to === undefined,
    to: request.to === undefined ? 0n : Bytes.toBigInt(request.to),
    nonce: request.nonce ?? nonce,
    gasLimit: gas,
    maxFeePerGas: price,
    maxPriorityFeePerGas: request.maxPriorityFeePerGas ?? price,
    gasPrice: price,
    value: request.value,
    mint: 0n,
    data: View.ofBytes(request.data),
    dataZeroes: request.data.filter((byte) => byte === 0).length,
    accessList: TransactionContext.accessItems(accessList),
    accessAddresses: accessList.length,
    accessSlots: accessList.reduce((sum, { slots }) => sum + slots.length, 0),
    authorizations: TransactionContext.authorizationItems(authorizations),
    authorizationCount: authorizations.length,
    blobHashes: [],
    maxFeePerBlobGas: 0n,
  };
}

/** The environment of a block, with the block hashes that it could read. */
export function environment(
  record: BlockRecord,
  ring: PersistentTree.PersistentTree,
): BlockContext.Block {
  const { header, originNumber, originHash } = record;
  const roots = PersistentTree.empty(ENTRY_TREE_HEIGHT);
  return {
    number: header.number,
    timestamp: header.timestamp,
    gasLimit: header.gasLimit,
    baseFee: header.baseFee,
    blobBaseFee: 1n,
    coinbase: Bytes.toBigInt(header.coinbase),
    prevRandao: header.mixHash,
    parentBeaconRoot: header.parentBeaconRoot,
    parentHash: header.parentHash,
    ring,
    gasUsed: 0n,
    entries: 0,
    transactions: 0,
    transactionsTree: roots,
    receiptsTree: roots,
    batch: 0n,
    byteOffset: 0n,
    blockEnd: 0n,
    bodyRoot: new Uint8Array(32),
    deposits: 0n,
    depositsEnd: 0n,
    originNumber,
    originTimestamp: 0n,
    originBaseFee: 0n,
    originHash,
  };
}
