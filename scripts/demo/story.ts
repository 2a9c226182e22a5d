// The story that `npm start -- --demo` tells. Whatever is said with a tick was checked on one of the chains.
import { formatEther, parseEther, type TransactionReceipt } from "viem";
import * as Game from "../../src/dispute/game.ts";
import { sleep } from "../../src/l1/retry.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";
import * as Report from "../../src/watcher/report.ts";
import { addressOf, type Devnet } from "../devnet/devnet.ts";
import * as Keys from "../devnet/keys.ts";
import * as Exchange from "./exchange.ts";
import * as Liar from "./liar.ts";
import * as Money from "./money.ts";
import type { Narrator } from "./narrator.ts";
import * as Parties from "./parties.ts";
import * as People from "./people.ts";

const AT_ONCE = { blocks: 1n, seconds: 0n };
const MOST_TURNS = 200;

/** Plays the story; throws StatementError if anything it would say is not so. */
export async function play(devnet: Devnet, narrator: Narrator): Promise<void> {
  const { say, attest, chapter } = narrator;
  const signal = AbortSignal.timeout(600_000);

  chapter("1. Money comes to the L2");
  const tokens = await Money.deposits(devnet, narrator);
  chapter("2. Contracts that nobody here wrote trade it");
  const market = await Money.trade(devnet, tokens, narrator);
  chapter("3. Alice starts to take some of it back, and the proposer claims the state");
  const leaving = await Money.withdrawals(devnet, tokens, narrator);
  await devnet.sequencer.settled();
  const { timeout } = devnet.deployed.parameters;

  const proposer = await Parties.open(devnet, Keys.PROPOSER, AT_ONCE, (line) =>
    say(`proposer: ${line}`),
  );
  const watcher = await Parties.open(devnet, Keys.WATCHER, null, (line) => say(`watcher: ${line}`));
  try {
    await proposer.watcher.turn();
    const first = Parties.newestClaim(await Parties.gameOf(proposer));
    const covers = leaving.every(({ blockNumber }) => blockNumber <= first.endState.number);
    attest(`the claim up to block ${first.endState.number} covers her withdrawals`, covers);

    chapter("4. A lie about one step of one opcode, inside a swap");
    const swap = await Exchange.swap(market.exchange, market.token, parseEther("2"));
    await devnet.sequencer.settled();
    const crime = await prepareCrime(devnet, watcher, market, BigInt(swap.blockNumber), say);
    const liarBefore = await devnet.client.getBalance({ address: addressOf(Keys.LIAR) });
    await Liar.turn(crime.liar);
    const lied = await Parties.gameOf(watcher);
    attest("the false claim stands on L1", lied.claims.has(Hexes.key(Liar.claimId(crime.liar))));

    chapter("5. The watcher claims the truth beside it; Alice proves while the liar stands");
    await watcher.watcher.turn();
    await proveAll(devnet, leaving, narrator);

    chapter("6. The watcher, alone, takes the lie down to the step");
    await dispute(crime, watcher, signal, narrator);

    chapter(`7. ${timeout / 86_400n} days pass (the L1's clock is moved)`);
    await People.pass(devnet, timeout + 60n);
    await settle(crime, watcher, proposer, signal, narrator);
    await checkBonds(devnet, crime, watcher, liarBefore, narrator);

    chapter("8. Alice is paid");
    await finalizeAll(devnet, tokens, leaving, narrator);
  } finally {
    await proposer.close();
    await watcher.close();
  }
}

async function prepareCrime(
  devnet: Devnet,
  watcher: Parties.Party,
  market: Money.Market,
  block: bigint,
  say: (line: string) => void,
): Promise<Parties.Crime> {
  // Only reads L1: without a policy and without a false claim there is nothing to do.
  await watcher.watcher.turn();
  const pair = BigInt(await Exchange.pairOf(market.exchange, market.token));
  const liarSays = (line: string) => say(`liar: ${line}`);
  const crime = await Parties.conspire(devnet, Keys.LIAR, watcher, block, pair, liarSays);
  const amount = formatEther(Parties.LOOT);
  say(`the liar re-runs block ${block} and, after step ${crime.step} of ${crime.steps}, a MUL in`);
  say(`the Uniswap pair, gives itself ${amount} ether; the rest of its trace follows from that`);
  return crime;
}

async function proveAll(
  devnet: Devnet,
  leaving: readonly TransactionReceipt[],
  { attest }: Narrator,
): Promise<void> {
  const l1 = People.onL1(devnet, Keys.ALICE);
  const l2 = People.onL2(devnet, Keys.ALICE);
  for (const receipt of leaving) {
    const proven = await Withdraw.prove(l1, l2, receipt);
    attest(`proven by viem's actions (${proven.gasUsed} gas)`, proven.status === "success");
  }
}

/** Liar and watcher answer each other until neither has a move left. */
async function dispute(
  { liar, step }: Parties.Crime,
  watcher: Parties.Party,
  signal: AbortSignal,
  { attest }: Narrator,
): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const moves = (await watcher.watcher.turn()) + (await Liar.turn(liar));
    if (moves === 0) break;
    await sleep(10, signal);
  }
  const game = await Parties.gameOf(watcher);
  attest(`the Solidity step executed step ${step} and decided`, Parties.isProven(game));
  attest("the lie is not confirmed", !Liar.hasWon(game, liar));
}

async function settle(
  { liar }: Parties.Crime,
  watcher: Parties.Party,
  proposer: Parties.Party,
  signal: AbortSignal,
  { attest, say }: Narrator,
): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const moves =
      (await watcher.watcher.turn()) + (await proposer.watcher.turn()) + (await Liar.turn(liar));
    if (moves === 0) break;
    await sleep(10, signal);
  }
  const game = await Parties.gameOf(watcher);
  for (const claim of game.claims.values()) {
    const state = Game.isConfirmed(game, claim.id) ? "confirmed" : "not confirmed";
    say(`claim ${Report.short(claim.id)} up to block ${claim.endState.number}: ${state}`);
  }
  attest("the lie never confirms", !Liar.hasWon(game, liar));
  const honest = [...game.claims.values()].filter(({ id }) => Game.isConfirmed(game, id));
  attest("genesis and both honest claims are confirmed", honest.length === 3);
}

async function checkBonds(
  { client }: Devnet,
  { liar }: Parties.Crime,
  watcher: Parties.Party,
  liarBefore: bigint,
  { attest }: Narrator,
): Promise<void> {
  const account = liar.sender.wallet.account.address;
  const lost = liarBefore - (await client.getBalance({ address: account }));
  const { claimBond, refinementBond } = liar.state.config;
  attest(`the liar lost ${formatEther(lost)} ether`, lost >= claimBond + refinementBond);
  const stake = watcher.watcher.stake();
  attest("the watcher has its bonds back", stake === undefined || stake.locked === 0n);
}

async function finalizeAll(
  devnet: Devnet,
  { l1Token }: Money.Tokens,
  leaving: readonly TransactionReceipt[],
  { attest }: Narrator,
): Promise<void> {
  const l1 = People.onL1(devnet, Keys.ALICE);
  const l2 = People.onL2(devnet, Keys.ALICE);
  const address = l1.wallet.account.address;
  const tokensBefore = await Money.tokensOf(l1, l1Token, address);
  const etherBefore = await l1.client.getBalance({ address });
  let fees = 0n;
  for (const receipt of leaving) {
    const paid = await Withdraw.finalize(l1, l2.chain, receipt);
    fees += paid.gasUsed * paid.effectiveGasPrice;
    attest(`finalized by viem's action (${paid.gasUsed} gas)`, paid.status === "success");
  }
  const ether = (await l1.client.getBalance({ address })) + fees - etherBefore;
  attest(`Alice has ${formatEther(ether)} ether more on L1`, ether === Money.ETHER_BACK);
  const came = (await Money.tokensOf(l1, l1Token, address)) - tokensBefore;
  attest(`and ${formatEther(came)} tokens`, came === Money.TOKENS_BACK);
}
