// What each act of a payment channel costs, on the deployed contract and an L1 with all limits on; and what the contracts
// of others take there for the same, where npm has them.
import { openCourt } from "../../test/channels/court.ts";
import type { Court } from "../../test/channels/court.ts";
import { AIMS } from "../../test/channels/gasAims.ts";
import { PARTS, floorOf } from "../../test/channels/gasFloor.ts";
import { costs } from "../../test/channels/gasScenes.ts";
import type { Cost } from "../../test/channels/gasScenes.ts";
import * as Nitro from "./peers/nitro.ts";
import * as PeerChain from "./peers/peerChain.ts";
import * as PeerPackage from "./peers/peerPackage.ts";
import * as Vector from "./peers/vector.ts";
import type { Topic } from "./report.ts";
import { count, table } from "./table.ts";

const PEERS = [Nitro, Vector];

export const channelGas: Topic = {
  name: "channels",
  title: "Gas of payment channels",
  measure: async (say) => {
    const court = await openCourt();
    say("the adjudicator is deployed");
    const rows = await costs(court);
    const floors = await floorsOf(court, rows);
    const { ran, missing } = await runPeers(say);
    const head = [
      ...["act", "gas", "calldata bytes", "aim"],
      ...["others, run beside it", "others, as published or researched"],
    ];
    return [
      table(
        head,
        rows.map((row) => [
          ...[row.act, count(row.gas), count(row.bytes), aimOf(row)],
          ...[ranOf(row, ran), quotedOf(row, ran)],
        ]),
      ),
      [
        "Both payees exist and hold the token already. Run beside it: the bytecode that these projects published on npm, on the same",
        "L1 in the same scenario, each payout checked. Of Nitro, `respond` is its checkpoint with a newer state that both signed; of",
        "Vector, the first deposit creates the channel's proxy (two transactions with a token), the second is a plain transfer, a close is",
        "two withdrawals, and settling takes three transactions. Both sides at once are their two deposits.",
        ...missing,
        "The last column was not measured in this run; a project that was run has no figure there. Aims are of a single-purpose model.",
        "Of a challenge 25,400 are the transaction with its calldata, 22,100 the head's slot, 6,200 two recoveries, 3,200 the log, which",
        "carries what nobody may hide (ADR 0010), and 6,600 all the rest: finding the function, reading, hashing and checking (ADR 0015).",
      ].join("\n"),
      "Where the gas of what is above its aim goes, read off its trace:",
      table(
        ["act", ...PARTS, "sum", "aim"],
        floors.map(({ row, floor }) => [
          ...[row.act, ...PARTS.map((part) => count(floor[part]))],
          ...[count(row.gas), count(AIMS[row.act]?.gas ?? 0n)],
        ]),
      ),
      [
        "The transaction with its calldata, storage, calls (payments to accounts that are not warm, 9,300 each, and to the sender, 6,800), the",
        "log and the guard are what the chain charges for an act by the rules of docs/protocol-channels.md, whoever writes the contract. The",
        "aims are of a model that did little else, whose function is found at once. The adjudicator has 32 functions, and the compiler finds",
        "one by comparing selectors in the order of their values, 22 gas each: depositEth is the 17th, settle the 27th. No name was chosen for",
        "its selector. The rest is reading, hashing, checking and arithmetic (ADR 0015). The aim of settling is, it seems, of a transaction that",
        "one of the payees sends, whose account is warm: sent so, Nitro takes within 40 gas of the 62,538 found beside that aim, and else 2,500",
        "more. Sent by a stranger, the aim would leave 388 gas for all that a contract does itself.",
        "Deploying costs 216 a byte. Apps take 2,800 bytes of the code, towers 1,950, both sides at once 700, batches 600, virtual channels 500:",
        "without them all it would be 2,385,000, under the aim, which was an estimate.",
      ].join("\n"),
    ].join("\n\n");
  },
};

/** The parts of the acts that are above their aims; a deployment has none. */
async function floorsOf(court: Court, rows: readonly Cost[]) {
  const above = rows.filter(({ act, gas }) => act !== "deploy" && gas > (AIMS[act]?.gas ?? gas));
  const floors = [];
  for (const row of above) floors.push({ row, floor: await floorOf(court, row) });
  return floors;
}

/** Runs what npm has of others; says plainly what it could not fetch. */
async function runPeers(say: (line: string) => void) {
  const ran: PeerChain.PeerGas[] = [];
  const missing: string[] = [];
  for (const { PACKAGE, measure } of PEERS) {
    try {
      const files = await PeerPackage.fetch(PACKAGE);
      ran.push(await measure(PeerChain.open(await openCourt()), files));
      say(`${PACKAGE.name} ran`);
    } catch (error) {
      const isMissing =
        error instanceof PeerPackage.UnreachableError ||
        error instanceof PeerPackage.IntegrityError;
      if (!isMissing) throw error;
      missing.push(`Not measured in this run: ${error.message}.`);
      say(`not measured: ${error.message}`);
    }
  }
  return { ran, missing };
}

function ranOf({ act }: Cost, ran: readonly PeerChain.PeerGas[]): string {
  const figures = ran.flatMap(({ of, acts }) => {
    const gas = acts.get(act);
    return gas === undefined ? [] : [`${of} ${count(gas)}`];
  });
  return figures.join("; ");
}

/** The figures of those that were not run for this act. */
function quotedOf({ act }: Cost, ran: readonly PeerChain.PeerGas[]): string {
  const wasRun = (project: string) =>
    ran.some(({ of, acts }) => of.startsWith(`${project} `) && acts.has(act));
  return (AIMS[act]?.quoted ?? [])
    .filter(({ of }) => !wasRun(of))
    .map(({ of, figure }) => `${of} ${figure}`)
    .join("; ");
}

function aimOf({ act, gas }: Cost): string {
  const aim = AIMS[act]?.gas;
  if (aim === undefined) return "";
  const percent = (100 * (Number(gas) - Number(aim))) / Number(aim);
  const sign = percent > 0 ? "+" : "";
  return `${count(aim)} (${sign}${percent.toFixed(1)}%)`;
}
