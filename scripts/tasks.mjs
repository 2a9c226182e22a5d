// What npm runs by name: what each task does, the steps it takes, and the flags that its last step understands.
// A step is a file and its arguments; a flag stands beside the value that it takes, and what it is for.
export const build = ["node_modules/hardhat/dist/src/cli.js", "build"];
const quietBuild = [...build, "--quiet"];

export const tasks = {
  start: {
    does: "runs an L1, the rollup on it and who defends it, until Ctrl-C",
    steps: [build, ["scripts/start.ts"]],
    flags: {
      "--demo": ["[channels]", "tell the story of a lie, or that of payment channels, and end"],
      "--l1-port": ["N", "the port of the L1's JSON-RPC (8545)"],
      "--l2-port": ["N", "the port of the L2's JSON-RPC (9545)"],
      "--data": ["FOLDER", "keep the databases in this new folder, not in one that is deleted"],
      "--deployment": ["FILE", "write down what `npm run node` has to know"],
    },
  },
  node: {
    does: "follows a rollup that stands already, from L1 alone, and answers JSON-RPC",
    steps: [["scripts/node.ts"]],
    flags: {
      "--l1-url": ["URL", "where an L1 node answers"],
      "--deployment": ["FILE", "what `npm start -- --deployment FILE` wrote"],
      "--port": ["N", "the port of this node's JSON-RPC (9546)"],
      "--data": ["FOLDER", "keep the database there, and go on with it the next time"],
    },
  },
  challenge: {
    does: "sets liars against one honest watcher and draws what happens",
    steps: [quietBuild, ["scripts/challenge.ts"]],
    flags: {
      "--rivals": ["N", "how many liars, up to 32 (3)"],
      "--strategy": ["NAME", "where they lie (opcode); a wrong name lists all"],
      "--json": ["", "one object a line instead of drawings"],
    },
  },
  "stage-check": {
    does: "does what L2BEAT's stages ask of a rollup",
    steps: [quietBuild, ["scripts/stageCheck.ts"]],
    flags: { "--no-recompile": ["", "trust the build, which takes most of the time to repeat"] },
  },
  test: {
    does: "builds, lints, type-checks and runs every test",
    steps: [["scripts/checks/test.ts"]],
    flags: {},
  },
  build: { does: "compiles the contracts", steps: [build], flags: {} },
  lint: {
    does: "checks formats, types and style",
    steps: [build, ["scripts/checks/lint.ts"]],
    flags: {},
  },
  format: {
    does: "formats every file",
    steps: [["node_modules/prettier/bin/prettier.cjs", "--write", "."]],
    flags: {},
  },
  conformance: {
    does: "replays the official tests of Ethereum",
    steps: [["scripts/conformance.ts"]],
    flags: {
      "--fixtures": ["FOLDER", "where the vectors lie (../shared)"],
      "--fork": ["NAME", "Cancun, Prague or Osaka (Cancun)"],
      "--filter": ["TEXT", "only files whose path has this in it"],
      "--shard": ["I/N", "only the Ith of N parts of the files"],
      "--onchain": ["", "prove steps of the state tests in Solidity too"],
      "--every": ["N", "on chain, besides the first of each kind every Nth step (1000)"],
      "--steps": ["all", "on chain, every step"],
      "--resume": ["FILE", "on chain, go on with a report"],
    },
  },
  attack: {
    does: "attacks the step with false witnesses, states that no run reaches, and other engines",
    steps: [build, ["scripts/attack.ts"]],
    flags: {
      "--mutations": ["N", "make so many false witnesses"],
      "--structured": ["N", "make so many that are wrong in one place only"],
      "--family": ["NAME", "only of steps of this family; a wrong name lists all"],
      "--fixtures": ["FOLDER", "official state tests whose steps are attacked too"],
      "--states": ["N", "make so many states"],
      "--differential": ["N", "run so many transactions beside two other engines"],
      "--seed": ["N", "what the random choices begin with"],
    },
  },
  mutate: {
    does: "puts mistakes into the compiled step prover and says which of them the judge does not notice",
    steps: [build, ["scripts/mutate.ts"]],
    flags: {
      "--contract": ["NAME", "only of this contract; a wrong name lists all"],
      "--count": ["N", "so many mutants of each contract (150)"],
      "--seed": ["N", "what the random choices begin with (2026)"],
    },
  },
  "model-check": {
    does: "plays every dispute on small trees",
    steps: [["scripts/modelCheck.ts"]],
    flags: {
      "--heights": ["B,S", "of the trees over blocks and steps, up to 3,3 (1,1)"],
      "--rivals": ["N", "how many liars, up to 3 (1)"],
      "--censorship": ["N", "the delay that honest moves may suffer, up to 20 (0)"],
      "--scope": ["NAME", "what is enumerated (liars); a wrong name lists all"],
      "--limit": ["N", "try whether a false clock reaches this, instead of the proof's bound"],
      "--json": ["", "one object a line"],
    },
  },
  simulate: {
    does: "plays 256 liars against one honest party, and writes docs/simulation.md",
    steps: [["scripts/simulate.ts"]],
    flags: { "--seed": ["N", "what the random choices begin with"] },
  },
  bench: {
    does: "measures, and writes docs/benchmarks.md",
    steps: [build, ["scripts/bench/bench.ts"]],
    flags: { "--only": ["TOPIC", "only this; a wrong name lists all"] },
  },
};

/** What a task does and can be told, for a terminal. */
export function helpOf(name) {
  const { does, flags } = tasks[name];
  const command = ["start", "test"].includes(name) ? `npm ${name}` : `npm run ${name}`;
  const rows = Object.entries(flags).map(([flag, [value, use]]) => [`${flag} ${value}`, use]);
  const width = Math.max(0, ...rows.map(([flag]) => flag.length));
  return [
    `${command}${rows.length === 0 ? "" : " -- [FLAGS]"}: ${does}`,
    ...rows.map(([flag, use]) => `  ${flag.padEnd(width)}  ${use}`),
  ].join("\n");
}
