// A false root is claimed, with a whole false trace behind it. Somebody whom nobody knows, with a key made for this and
// nothing but L1, claims the truth beside it, takes the lie down to one step and wins.
import { formatEther, parseEther, type Hex } from "viem";
import * as Game from "../../src/dispute/game.ts";
import * as Send from "../../src/l1/send.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Derive from "../../src/node/derive.ts";
import type { Source } from "../../src/watcher/claimTrace.ts";
import * as GameSync from "../../src/watcher/gameSync.ts";
import * as FalseTrace from "../demo/falseTrace.ts";
import * as Liar from "../demo/liar.ts";
import * as Parties from "../demo/parties.ts";
import * as People from "../demo/people.ts";
import * as Criteria from "./criteria.ts";
import type * as Privileges from "./privileges.ts";
import * as Worlds from "./world.ts";

const SEND_TIMING = { pollMs: 20, repriceMs: 60_000 };
const MOST_TURNS = 200;
/** The claim, its bond at the level of steps, and what is left of both until the end. */
const TIMEOUTS = 3;

/** Plays a dispute between two strangers. */
export async function play(
  world: Worlds.World,
  findings: Privileges.Findings,
): Promise<Criteria.Outcome[]> {
  const { client, deployed, say } = world;
  const [liarKey, outsiderKey] = [
    await Worlds.stranger(world, "40"),
    await Worlds.stranger(world, "40"),
  ];
  const outsider = await Parties.open(world, outsiderKey, null, () => undefined);
  // Only reads L1: there is no false claim yet.
  await outsider.watcher.turn();
  const { liar, place } = await accuse(world, liarKey, outsider);
  const account = Worlds.accountOf(outsiderKey);
  const before = await client.getBalance({ address: account });
  await Liar.turn(liar);
  say(`a stranger claims a false root: after ${place}, it has a million ether`);

  let moves = 0;
  let bonds = 0n;
  for (let passed = 0; passed <= TIMEOUTS; passed++) {
    if (passed > 0) await People.pass(world, deployed.parameters.timeout);
    moves += await untilQuiet(outsider, liar);
    if (passed === 0) bonds = outsider.watcher.stake()?.locked ?? 0n;
    if (passed === 0) say(`an outsider answers: ${moves} transactions, down to the step`);
  }
  const game = await Parties.gameOf(outsider);
  const stake = outsider.watcher.stake();
  const gained = (await client.getBalance({ address: account })) - before;
  const truth = [...game.claims.values()].filter(
    ({ id, proposer }) => Game.isConfirmed(game, id) && isSame(proposer, account),
  );
  const isProven = Parties.isProven(game);
  const hasLost = !Liar.hasWon(game, liar);
  await outsider.close();
  say("the clocks have run out, and the outsider has collected");

  const holds = isProven && hasLost && truth.length === 1 && stake?.locked === 0n;
  const balance = `${gained < 0n ? "" : "+"}${Number(formatEther(gained)).toFixed(3)} ether`;
  const { provers } = deployed;
  const isComplete = provers.every((prover) => BigInt(prover) !== 0n);
  return [
    Criteria.outcome(
      4,
      "claimed a false root with a whole false trace behind it, and played it against an outsider",
      `Solidity executed ${place}, and found another state; the false root is not confirmed; all ${provers.length} families of steps have a prover (docs/conformance.md: what has been proven with them)`,
      holds && isComplete,
    ),
    Criteria.outcome(
      5,
      "searched the dispute game for functions that ask who calls",
      `none does but to write the caller down or to pay it its own: anyone can challenge`,
      holds && isOpen(findings),
    ),
    Criteria.outcome(
      16,
      "made a key and gave it ether; with nothing but L1 it claimed, disputed and collected",
      `its claim is confirmed after ${moves} transactions; bonds of ${formatEther(bonds)} ether came back; balance ${balance}`,
      holds && isOpen(findings),
    ),
  ];
}

function isOpen({ privileges }: Privileges.Findings): boolean {
  const ofGame = privileges.filter(({ contract }) => contract === "DisputeGame");
  const holders = ofGame.flatMap(({ reasons }) => reasons.map(({ holder }) => holder));
  return holders.length > 0 && holders.every((one) => one === "own" || one === "nobody");
}

// The lie stands on the newest claim and is told in the first store of its last block.
async function accuse(
  world: Worlds.World,
  key: Hex,
  { node, game: read }: Parties.Party,
): Promise<{ readonly liar: Liar.Liar; readonly place: string }> {
  const source: Source = { chain: node.chain, inbox: node.inbox, config: read.config };
  const endBlock = Derive.lastSafe(node.chain.database);
  const step = FalseTrace.findStep(
    source,
    endBlock,
    ({ phase, frame }) =>
      phase === Phase.EXECUTE && frame !== null && frame.bytecode[frame.pc] === Opcode.SSTORE,
  );
  if (step === undefined) throw new Parties.NoSuchStepError(endBlock);
  const range = { parent: Parties.newestClaim(await GameSync.sync(read)), endBlock };
  const account = BigInt(Worlds.accountOf(key));
  const lie = { block: endBlock, step, account, amount: parseEther("1000000") };
  const trace = FalseTrace.create(source, range, lie);
  if (trace === undefined) throw new Parties.NoSuchStepError(endBlock);

  const { client, deployed, l1WalletOf } = world;
  const state = await GameSync.open(client, deployed.disputeGame, deployed.firstL1Block);
  const say = () => undefined;
  const retry = { signal: new AbortController().signal, say };
  const sender = Send.create(client, l1WalletOf(key), retry, SEND_TIMING);
  return {
    liar: { trace, state, sender, say },
    place: `step ${step}, SSTORE, of block ${endBlock}`,
  };
}

async function untilQuiet(outsider: Parties.Party, liar: Liar.Liar): Promise<number> {
  let moves = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const own = await outsider.watcher.turn();
    moves += own;
    if (own + (await Liar.turn(liar)) === 0) return moves;
  }
  throw new EndlessError(MOST_TURNS);
}

function isSame(proposer: Uint8Array, account: Hex): boolean {
  return Buffer.compare(proposer, Buffer.from(account.slice(2), "hex")) === 0;
}

export class EndlessError extends Error {
  override readonly name = "Outsider.EndlessError";
  readonly turns: number;
  constructor(turns: number) {
    super(`after ${turns} turns somebody still had a move`);
    this.turns = turns;
  }
}
