// Runs one task of package.json under a Node that Hardhat accepts, installing the dependencies first where needed.
// Plain JavaScript without dependencies: it must start on Node 20 in a clone where nothing is installed.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt, recordBuild } from "./buildStamp.mjs";
import { runChild } from "./childProcess.mjs";
import { install, isInstalled, suitableNode } from "./installation.mjs";

const taskGraceMilliseconds = 10_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// Each step is a file and its arguments; what follows the task's name on the command line goes to the last step.
const build = ["node_modules/hardhat/dist/src/cli.js", "build"];
const tasks = {
  build: { steps: [build], flags: [] },
  start: {
    steps: [build, ["scripts/start.ts"]],
    flags: ["--demo", "--l1-port", "--l2-port", "--data", "--deployment"],
  },
  node: {
    steps: [["scripts/node.ts"]],
    flags: ["--l1-url", "--deployment", "--port", "--data"],
  },
  challenge: {
    steps: [[...build, "--quiet"], ["scripts/challenge.ts"]],
    flags: ["--rivals", "--strategy", "--json"],
  },
  "stage-check": {
    steps: [[...build, "--quiet"], ["scripts/stageCheck.ts"]],
    flags: ["--no-recompile"],
  },
  test: { steps: [["scripts/checks/test.ts"]], flags: [] },
  lint: { steps: [build, ["scripts/checks/lint.ts"]], flags: [] },
  conformance: {
    steps: [["scripts/conformance.ts"]],
    flags: [
      "--fixtures",
      "--fork",
      "--filter",
      "--onchain",
      "--every",
      "--steps",
      "--shard",
      "--resume",
    ],
  },
  attack: {
    steps: [build, ["scripts/attack.ts"]],
    flags: ["--mutations", "--family", "--fixtures", "--states", "--differential", "--seed"],
  },
  mutate: {
    steps: [build, ["scripts/mutate.ts"]],
    flags: ["--contract", "--count", "--seed"],
  },
  bench: { steps: [build, ["scripts/bench/bench.ts"]], flags: ["--only"] },
  "model-check": {
    steps: [["scripts/modelCheck.ts"]],
    flags: ["--heights", "--rivals", "--censorship", "--scope", "--limit", "--json"],
  },
  simulate: { steps: [["scripts/simulate.ts"]], flags: ["--seed"] },
  format: { steps: [["node_modules/prettier/bin/prettier.cjs", "--write", "."]], flags: [] },
};

const [name = "", ...taskArguments] = process.argv.slice(2);
process.exitCode = refusal(name, taskArguments) ?? (await launch(tasks[name].steps, taskArguments));

function refusal(taskName, values) {
  if (!Object.hasOwn(tasks, taskName)) {
    console.error(`unknown task "${taskName}": expected one of ${Object.keys(tasks).join(", ")}`);
    return 2;
  }
  const { flags } = tasks[taskName];
  const unknown = values.find((value) =>
    value.startsWith("-") ? !flags.includes(value.split("=")[0]) : flags.length === 0,
  );
  if (unknown === undefined) return undefined;
  const expected = flags.length === 0 ? "it takes none" : `expected ${flags.join(", ")}`;
  console.error(`${taskName}: unknown argument "${unknown}": ${expected}`);
  return 2;
}

async function launch(steps, values) {
  if (!isInstalled(root)) {
    const status = await install(root);
    if (status !== 0) return status;
  }
  const node = suitableNode(root);
  // What Node makes of the sources when it loads them is kept for the next time: half of the time until anything runs.
  const compiled = process.env.NODE_COMPILE_CACHE ?? join(root, "cache", "node");
  const path = [dirname(node), join(root, "node_modules/.bin"), process.env.PATH].join(":");
  for (const [index, step] of steps.entries()) {
    const extra = index === steps.length - 1 ? values : [];
    const run = () =>
      runChild(
        node,
        ["--experimental-strip-types", "--disable-warning=ExperimentalWarning", ...step, ...extra],
        taskGraceMilliseconds,
        { cwd: root, env: { ...process.env, PATH: path, NODE_COMPILE_CACHE: compiled } },
      );
    const isBuild = step[0] === build[0];
    if (isBuild && steps.length > 1 && isBuilt(root)) {
      if (!step.includes("--quiet")) console.log("the contracts are compiled");
      continue;
    }
    const status = isBuild ? await recordBuild(root, run) : await run();
    if (status !== 0) return status;
  }
  return 0;
}
