// Entries of a block: transactions of every type, signed by ethers, the same with another byte somewhere, and deposits.
import fc from "fast-check";
import * as Block from "../../src/machine/block.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as L1Chain from "../../test/harness/l1Chain.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import {
  CHAIN_ID,
  integer,
  setCodeByFields,
  signedByEthers,
  signFields,
} from "../../test/harness/signedTransactions.ts";
import * as SeededRandom from "../../test/machine/seededRandom.ts";
import { record, type TrueStep } from "../attack/recording.ts";

/** The chain that has them all in one block. */
export const NAME = "entries";

const SIGNED = 70;
const SET_CODE = 25;
const CHANGES = 3;
/** Most of the structure lies in front. */
const FRONT_BYTES = 60;
const DEPOSITS = 9n;
/** The data of a transaction that takes more words than a byte counts. */
const LONG_DATA = new Uint8Array(9_000).fill(1);

const COINBASE = "0x4200000000000000000000000000000000000011";
const TO = "0x00000000000000000000000000000000000000b1";
const KEY = `0x${"11".repeat(32)}`;
const MESSAGE = [integer(CHAIN_ID), "0x", "0x", "0x", "0x", TO, "0x", "0x", []];
const TUPLE = [integer(CHAIN_ID), TO, "0x", "0x", integer(1n), integer(1n)];
/** The shortest authorization, one too long, one without a recipient; a recipient of 19 bytes; a payload of 256. */
const ODD: readonly string[] = [
  signFields(4, [...MESSAGE, [TUPLE]], KEY),
  signFields(4, [...MESSAGE, [TUPLE.with(5, `0x${"01".repeat(33)}`)]], KEY),
  signFields(4, [...MESSAGE.with(5, "0x"), [TUPLE]], KEY),
  signFields(2, MESSAGE.with(5, TO.slice(0, -2)), KEY),
  signFields(2, MESSAGE.with(7, `0x${"ab".repeat(224)}`), KEY),
];

/** A chain with a block of entries. */
export function chain(seed: number): L2Chain.L2Chain {
  const made = L2Chain.create();
  for (let i = 0n; i < DEPOSITS; i++) {
    const data = new Uint8Array(Number(i) * 7).fill(Number(i));
    L1Chain.deposit(made.l1, { mint: i, gasLimit: 200_000n, data });
  }
  const transactions = transactionsOf(seed);
  const block = { timestamp: L2Chain.GENESIS_TIME + 2n, transactions };
  L1Chain.post(made.l1, { blocks: 1n, body: Body.encode([block]), depositsTo: DEPOSITS });
  return made;
}

/** The steps that take the entries of the chain, and that pay for them. */
export function steps(of: L2Chain.L2Chain): TrueStep[] {
  const machine = Block.after(of.genesis, of.context, L2Chain.inboxOf(of));
  const court = { fork: of.context.fork, chain: NAME };
  const taken: TrueStep[] = [];
  Step.step(machine);
  for (let place = 1; machine.done === null; place++) {
    const origin = { court, endBlock: of.l1.lastBlock, index: 1n, run: NAME, place };
    const isWanted = machine.phase === Phase.ENTRY || machine.phase === Phase.FINISH;
    if (isWanted) taken.push(record(machine, origin));
    else Step.step(machine);
  }
  return taken;
}

function transactionsOf(seed: number): Uint8Array[] {
  const random = SeededRandom.fromSeed(seed);
  const valid = [
    ...fc.sample(signedByEthers, { seed, numRuns: SIGNED }).map(({ encoded }) => encoded),
    ...fc.sample(setCodeByFields, { seed, numRuns: SET_CODE }),
    ...ODD,
  ].map(Hex.toBytes);
  const toCoinbase = { to: COINBASE, value: 7n, maxPriorityFeePerGas: 0n };
  return [
    // A coinbase that has next to nothing, and is paid nothing.
    L2Chain.transaction(L2Chain.ALICE, 0, toCoinbase),
    L2Chain.transaction(L2Chain.ALICE, 1, { to: null, data: Hex.fromBytes(LONG_DATA) }),
    ...valid.flatMap((bytes) => [
      bytes,
      ...Array.from({ length: CHANGES }, (_, i) => changed(random, bytes, i)),
    ]),
  ];
}

// One byte is another, or two lie between others, or the end is cut off.
function changed(random: SeededRandom.Random, bytes: Uint8Array, way: number): Uint8Array {
  const limit = random.oneIn(2) ? bytes.length : Math.min(bytes.length, FRONT_BYTES);
  const at = random.below(limit);
  if (way === 0) return bytes.with(at, random.pick([0, 0x7f, 0x80, 0x81, random.below(256)]));
  if (way === 1) return Bytes.concat(bytes.slice(0, at), new Uint8Array(2), bytes.slice(at));
  return bytes.slice(0, at);
}
