// `npm run stage-check`: L2BEAT's criteria for the stages of a rollup, each of them done on an L1 with the clocks and bonds of
// production, with operators that are processes of their own and die.
import { readFileSync } from "node:fs";
import { interrupted } from "./devnet/interrupted.ts";
import * as Options from "./devnet/options.ts";
import * as Censorship from "./stageCheck/censorship.ts";
import * as Criteria from "./stageCheck/criteria.ts";
import * as Exit from "./stageCheck/exit.ts";
import * as Keys from "./stageCheck/keys.ts";
import * as Operators from "./stageCheck/operators.ts";
import * as Outsider from "./stageCheck/outsider.ts";
import * as Rebuild from "./stageCheck/rebuild.ts";
import * as Reproduction from "./stageCheck/reproduction.ts";
import * as StageOptions from "./stageCheck/stageOptions.ts";
import * as Worlds from "./stageCheck/world.ts";

async function main(): Promise<number> {
  const options = StageOptions.parse(process.argv.slice(2));
  const started = performance.now();
  const say = (line: string) => console.log(`${seconds(started)}  ${line}`);
  const stopped = interrupted();
  const world = await Worlds.start(say);
  try {
    const outcomes = await Promise.race([check(world, options), stopped]);
    if (outcomes === undefined) return 130;
    console.log(`\n${Criteria.table(outcomes).join("\n")}\n`);
    console.log(Criteria.conclusion(outcomes).join("\n"));
    return Criteria.failedStage(outcomes) === undefined ? 0 : 1;
  } finally {
    await Operators.endAll();
    await world.close();
  }
}

async function check(
  world: Worlds.World,
  { recompile }: StageOptions.StageOptions,
): Promise<Criteria.Outcome[]> {
  const { say, l1Url } = world;
  say(
    `L1 (Hardhat) answers on ${l1Url}; the contracts stand, with the clocks and bonds of production`,
  );
  const early = await Keys.search(world);
  const names = early.standing.map(({ compiled }) => compiled.contractName);
  const recompiled = recompile ? Reproduction.start(names) : undefined;
  if (recompile)
    say(`the compiler reads the sources of ${names.length} contracts, beside the rest`);

  const user = await Worlds.stranger(world, "100");
  const lived = await Rebuild.live(world, user);
  const isDead = await Rebuild.kill(world, lived);
  const node = Operators.startNode(world);
  const nodeUrl = await node.says(/JSON-RPC on (\S+)/);
  const rebuilt = await Rebuild.compare(world, lived, isDead, nodeUrl);
  say("a blank node has derived the chain from L1 alone");
  const left = await Exit.play(world, user, nodeUrl, isDead);
  const censored = await Censorship.play(world, user, nodeUrl);
  const disputed = await Outsider.play(world, early.findings);
  const { standing, findings, outcomes } = await Keys.search(world);
  for (const line of Keys.lines(findings)) say(line);
  if (recompiled !== undefined) say("waiting for the compiler, a minute or two");
  const reproduced =
    recompiled === undefined
      ? Criteria.leftOut(14, "--no-recompile was given")
      : Reproduction.compare(standing, await recompiled);
  return [
    ...rebuilt,
    ...selfDescription(),
    ...left,
    censored,
    ...disputed,
    ...outcomes,
    reproduced,
  ];
}

function selfDescription(): Criteria.Outcome[] {
  const root = new URL("../", import.meta.url);
  const [, sentence = ""] = readFileSync(new URL("README.md", root), "utf8").split("\n\n");
  const { license } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    readonly license: string;
  };
  return [
    Criteria.outcome(
      6,
      "ran the node of criterion 2 from this tree: scripts/node.ts and src/",
      `licence ${license}; that the tree is published is its owner's to see to`,
      license !== "",
    ),
    Criteria.outcome(
      7,
      "read the first sentence of README.md",
      sentence.replace(/\s+/g, " "),
      /\brollup\b/.test(sentence),
    ),
  ];
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1).padStart(6)} s`;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof Options.UsageError ? 2 : 1);
  },
);
