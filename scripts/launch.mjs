// Runs one task of package.json under a Node that Hardhat accepts, installing the dependencies first where needed.
// Plain JavaScript without dependencies: it must start on Node 20 in a clone where nothing is installed.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt, recordBuild } from "./buildStamp.mjs";
import { runChild } from "./childProcess.mjs";
import { install, isInstalled, suitableNode } from "./installation.mjs";
import { build, helpOf, tasks } from "./tasks.mjs";

const taskGraceMilliseconds = 10_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const [name = "", ...words] = process.argv.slice(2);
// A value may stand behind its flag or, after "=", with it.
const taskArguments = words.flatMap((word) =>
  /^--[^=]+=/.test(word) ? [word.split("=")[0], word.slice(word.indexOf("=") + 1)] : [word],
);
process.exitCode = answer(name, taskArguments) ?? (await launch(tasks[name].steps, taskArguments));

// Help and refusals, which must not wait for an installation; undefined for a task that is to be run.
function answer(taskName, values) {
  if (!Object.hasOwn(tasks, taskName)) {
    console.error(`unknown task "${taskName}": expected one of ${Object.keys(tasks).join(", ")}`);
    return 2;
  }
  if (values.some((value) => value === "--help" || value === "-h")) {
    console.log(helpOf(taskName));
    return 0;
  }
  const flags = Object.keys(tasks[taskName].flags);
  const unknown = values.find((value) =>
    value.startsWith("-") ? !flags.includes(value) : flags.length === 0,
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
