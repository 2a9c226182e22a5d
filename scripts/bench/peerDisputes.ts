// The same dispute on the bytecode that others published: the winner's moves, beside ours on one L1.
import type { Arena } from "../../test/dispute/arena.ts";
import * as EdgeChallenge from "./peers/edgeChallenge.ts";
import * as Edges from "./peers/edges.ts";
import * as FaultDisputeGame from "./peers/faultDisputeGame.ts";
import * as PeerPackage from "./peers/peerPackage.ts";
import type { Cost, Stage } from "./peers/stage.ts";
import { count, median, table } from "./table.ts";

type Peer = {
  readonly name: string;
  readonly package: PeerPackage.PeerPackage;
  // What this project's research measured on the same kind of bytecode, for where there is no registry.
  readonly quoted: string;
  readonly measure: (stage: Stage, files: PeerPackage.Files) => Promise<Cost[]>;
};

const PEERS: readonly Peer[] = [
  {
    name: "BoLD",
    package: Edges.PACKAGE,
    quoted: "BoLD's bisection 710,000, and about 55 M for a dispute",
    measure: EdgeChallenge.measure,
  },
  {
    name: "OP",
    package: FaultDisputeGame.PACKAGE,
    quoted: "OP's `attack` 230,576 to 252,704 and `create` 401,004, about 9.1 M for a game",
    measure: FaultDisputeGame.measure,
  },
];

const MEASURED = `What others sent here: the winner's moves in one dispute against one rival who answers everything, at the sizes that are deployed,
on the same L1, until the truth is decided; collecting bonds is left out. BoLD has 2^26 blocks, 2^19 big steps and 2^23 steps, and
stands behind its proxy; its assertion chain and its one-step prover are a stand-in that answers one word, so what those take is
missing here. Its winner moves first and creates both halves of what it opens, as ours does. OP's game has a depth of 73, split at
30, and its factory, WETH and registry stand behind their proxies; a true root is defended, and all 74 claims are resolved by the
winner, though anyone may. Its virtual machine is the same stand-in.`;

const NOT_RUN = `Cartesi's PRT could not be run: no npm package that this project knows has its bytecode. As published it takes 90,000 for a move
and about 5.4 M for a dispute, which is less than here, for a delay that grows with the number of liars.`;

/** The part of the section that compares: measured where npm can fetch the packages, quoted where it cannot. */
export async function peerDisputes(
  { ethers, provider }: Arena,
  say: (line: string) => void,
): Promise<string> {
  const rows: string[][] = [];
  const sums: string[] = [];
  const missing: string[] = [];
  for (const peer of PEERS) {
    const costs = await measured(peer, { ethers, provider }, say);
    if (costs === undefined) {
      missing.push(`${peer.name} was not measured, because npm cannot fetch ${peer.package.name}.`);
      missing.push(`This project's research measured ${peer.quoted}.`);
      continue;
    }
    const gas = costs.reduce((sum, cost) => sum + cost.gas, 0n);
    say(`${peer.name}: ${costs.length} transactions, ${gas} gas`);
    rows.push(...rowsOf(peer, costs));
    sums.push(
      `${peer.name}'s winner sends ${count(costs.length)} transactions and ${count(gas)} gas.`,
    );
  }
  const head = ["on", "act", "transactions", "median gas", "worst gas", "median calldata"];
  return [
    ...(rows.length === 0 ? [] : [table(head, rows), `${sums.join(" ")}`, MEASURED]),
    ...(missing.length === 0 ? [] : [missing.join(" ")]),
    NOT_RUN,
  ].join("\n\n");
}

async function measured(
  { name, package: published, measure }: Peer,
  stage: Stage,
  say: (line: string) => void,
): Promise<Cost[] | undefined> {
  let files: PeerPackage.Files;
  try {
    files = await PeerPackage.fetch(published);
  } catch (error) {
    if (!(error instanceof PeerPackage.UnreachableError)) throw error;
    say(`${name} is not measured: ${error.message}`);
    return undefined;
  }
  return measure(stage, files);
}

function rowsOf({ name, package: published }: Peer, costs: readonly Cost[]): string[][] {
  const version = published.name.slice(published.name.lastIndexOf("@") + 1);
  return [...new Set(costs.map(({ act }) => act))].map((act) => {
    const same = costs.filter((cost) => cost.act === act);
    const gas = same.map((cost) => cost.gas);
    const worst = gas.reduce((one, other) => (one > other ? one : other));
    const bytes = median(same.map((cost) => BigInt(cost.bytes)));
    const figures = [BigInt(same.length), median(gas), worst, bytes].map(count);
    return [`${name} ${version}`, act, ...figures];
  });
}
