// A rollup with a few blocks on an L1 with every limit on, and parties who dispute about them. Every test starts from
// the same L1, with processes that know nothing.
import { parseEther, type Address, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import * as FalseTrace from "../../scripts/demo/falseTrace.ts";
import * as Liar from "../../scripts/demo/liar.ts";
import { watcherConfig } from "../../scripts/deployment/watcherWiring.ts";
import * as Game from "../../src/dispute/game.ts";
import type { Move } from "../../src/dispute/move.ts";
import { proposal } from "../../src/dispute/nextMoves.ts";
import * as Send from "../../src/l1/send.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Derive from "../../src/node/derive.ts";
import * as Node from "../../src/node/node.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as ByteHex from "../../src/primitives/hex.ts";
import * as ClaimTraces from "../../src/watcher/claimTrace.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import * as Dispatch from "../../src/watcher/dispatch.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import type * as Propose from "../../src/watcher/propose.ts";
import * as RunWatcher from "../../src/watcher/runWatcher.ts";
import * as Rollup from "../harness/rollupProcess.ts";
import { assemble, call } from "../parity/program.ts";

export const HONEST: Hex = "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a";
export const SECOND: Hex = "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";
export const LIAR: Hex = "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e";

/** A claim as soon as there is a block. */
export const AT_ONCE: Propose.Policy = { blocks: 1n, seconds: 0n };

const SEND_TIMING = { pollMs: 5, repriceMs: 60_000 };

// Stores 7 × what it is called with in slot 0.
const PROGRAM = assemble(
  call(Opcode.CALLDATALOAD, 0n),
  7n,
  Opcode.MUL,
  0n,
  Opcode.SSTORE,
  Opcode.STOP,
);

export type Court = {
  readonly l1: Rollup.RunningL1;
  readonly program: Address;
  readonly close: () => Promise<void>;
};

/** What the depositor does last, if anything. */
export type Ending = { readonly data: Hex; readonly gas: bigint };

/** An L1 that holds three blocks: a deposit, a deployment, and a call that multiplies and stores. */
export async function open(ending?: Ending): Promise<Court> {
  const l1 = await Rollup.startL1(Rollup.OPTIONS);
  const l2 = await Rollup.startSequencer(l1, Rollup.OPTIONS, []);
  const depositor = l1.walletOf(Rollup.KEYS.alice).extend(walletActionsL1());
  const request = await l2.client.extend(publicActionsL2()).buildDepositTransaction({
    mint: parseEther("1"),
    to: depositor.account.address,
  });
  await depositor.depositTransaction(request);
  const wallet = l2.walletOf(Rollup.KEYS.alice);
  while ((await l2.client.getBalance({ address: wallet.account.address })) === 0n)
    await new Promise((resolve) => setTimeout(resolve, 20));

  const deployed = await l2.client.waitForTransactionReceipt({
    hash: await wallet.sendTransaction({ data: ByteHex.fromBytes(initCodeOf(PROGRAM)) }),
  });
  const program = deployed.contractAddress;
  if (program === null || program === undefined) throw new TypeError("nothing was deployed");
  const data = ByteHex.fromBytes(Bytes.fromBigInt(6n, 32));
  await l2.client.waitForTransactionReceipt({
    hash: await wallet.sendTransaction({ to: program, data }),
  });
  if (ending !== undefined)
    await l2.client.waitForTransactionReceipt({ hash: await wallet.sendTransaction(ending) });
  await l2.running.settled();
  await l2.stop();
  return { l1, program, close: () => l1.connection.close() };
}

/** A watcher with nothing but L1 and a key, which looks when it is told to, and what it said. */
export async function watcher(
  court: Court,
  key: Hex,
  policy: Propose.Policy | null,
  sendTiming: Send.Timing = SEND_TIMING,
  clock: RunWatcher.RunWatcherConfig["clock"] = () => performance.now(),
) {
  const said: string[] = [];
  const abort = new AbortController();
  const { signal } = abort;
  const config = { ...configOf(court, key, policy, said), sendTiming, clock };
  const opened = await RunWatcher.open(config, signal);
  const hooks = Node.plainHooks(opened.node, () => undefined);
  const sync = () => Node.sync(opened.node, hooks, signal);
  const close = async () => {
    await opened.watcher.close();
    Node.close(opened.node);
  };
  return { ...opened, said, sync, close };
}

/** A watcher that looks by itself. */
export function run(court: Court, key: Hex, policy: Propose.Policy | null) {
  return RunWatcher.run(configOf(court, key, policy, []));
}

function configOf({ l1 }: Court, key: Hex, policy: Propose.Policy | null, said: string[]) {
  return watcherConfig(l1.client, l1.walletOf(key), l1.deployed, {
    ...{ path: ":memory:", pollMs: 10, policy, sendTiming: SEND_TIMING },
    say: (line) => void said.push(line),
  });
}

export type Watching = Awaited<ReturnType<typeof watcher>>;

/** The chain that a watcher derived, to judge by or to lie about. */
export function sourceOf({ node, game }: Watching): Source {
  return { chain: node.chain, inbox: node.inbox, config: game.config };
}

/** The last block that stands on L1. */
export function safeBlock({ node }: Watching): bigint {
  return Derive.lastSafe(node.chain.database);
}

/** A liar about the blocks after a claim, genesis if none is named, who knows the chain as a watcher derived it. */
export async function liar(
  { l1 }: Court,
  key: Hex,
  knows: Watching,
  lie: Pick<FalseTrace.Lie, "block" | "step">,
  endBlock = safeBlock(knows),
  claim?: Pick<Game.Claim, "id" | "endState">,
) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const account = privateKeyToAccount(key).address;
  const { disputeGame, firstL1Block } = l1.deployed;
  const state = await GameSync.open(l1.client, disputeGame, firstL1Block);
  const game = await GameSync.sync(state);
  const [genesis] = game.claims.values();
  const parent = claim ?? genesis;
  if (parent === undefined) throw new TypeError("a game has a genesis claim");
  const range = { parent, endBlock };
  const gift = { account: BigInt(account), amount: parseEther("1000") };
  const trace = FalseTrace.create(sourceOf(knows), range, { ...lie, ...gift });
  if (trace === undefined) throw new RangeError("the blocks stand on L1");
  const retry = { signal: new AbortController().signal, say };
  const sender = Send.create(l1.client, l1.walletOf(key), retry, SEND_TIMING);
  return { trace, state, sender, say, said };
}

/** Claims what is true about the blocks after the liar's false claim. */
export async function claimOn(party: Liar.Liar, source: Source, endBlock: bigint): Promise<void> {
  const parent = { id: Liar.claimId(party), endState: party.trace.endState };
  const trace = ClaimTraces.create(source, { parent, endBlock });
  if (trace === undefined) throw new RangeError("the blocks stand on L1");
  const { refused } = await attempt(party, [proposal(trace)]);
  if (refused.length > 0) throw new RangeError("the claim was refused");
}

/** Sends moves of any kind with the liar's key; gives the kinds of those that L1 took and of those it did not. */
export async function attempt({ state, sender }: Liar.Liar, moves: readonly Move[]) {
  const made: string[] = [];
  const refused: string[] = [];
  const dispatch: Dispatch.Dispatch = {
    ...{ sender, game: state.address, config: state.config },
    clock: () => performance.now(),
    urgencyOf: () => 0n,
    onMade: (taken) => void made.push(...taken.map(({ kind }) => kind)),
    onRefused: (rest) => void refused.push(...rest.map(({ kind }) => kind)),
  };
  await Dispatch.send(dispatch, moves);
  return { made, refused };
}

/** Everyone moves in turn until nobody has a move left. */
export async function play(parties: readonly (() => Promise<number>)[]): Promise<void> {
  for (let quiet = false; !quiet;) {
    quiet = true;
    for (const party of parties) if ((await party()) > 0) quiet = false;
  }
}

/** Everyone moves, then the timeout passes, until the claim is confirmed and nobody has anything left to collect. */
export async function playToTheEnd(
  court: Court,
  parties: readonly (() => Promise<number>)[],
): Promise<void> {
  const { timeout } = court.l1.deployed.parameters;
  for (let round = 0; round < ROUNDS; round++) {
    await play(parties);
    await court.l1.pass(Number(timeout));
  }
  await play(parties);
}

const ROUNDS = 3;

/** The game as L1 has it now. */
export async function gameOf({ l1 }: Court): Promise<Game.Game> {
  const { disputeGame, firstL1Block } = l1.deployed;
  return GameSync.sync(await GameSync.open(l1.client, disputeGame, firstL1Block));
}

/** The proposers of the claims that are confirmed, without genesis. */
export function confirmedProposers(game: Game.Game): string[] {
  return [...game.claims.values()]
    .slice(1)
    .filter(({ id }) => Game.isConfirmed(game, id))
    .map(({ proposer }) => ByteHex.fromBytes(proposer));
}

/** The address of a key, as logs have it. */
export function addressOf(key: Hex): string {
  return privateKeyToAccount(key).address.toLowerCase();
}

/** A liar's turn as one of the parties. */
export function turnOf(party: Liar.Liar): () => Promise<number> {
  return () => Liar.turn(party);
}

function initCodeOf(program: Uint8Array): Uint8Array {
  const size = BigInt(program.length);
  const head = (offset: bigint) =>
    assemble(call(Opcode.CODECOPY, 0n, offset, size), call(Opcode.RETURN, 0n, size));
  // The offset of the program takes one byte whatever it is.
  return Bytes.concat(head(BigInt(head(1n).length)), program);
}
