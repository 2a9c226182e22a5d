// docs/simulation.md: what was played, the curves, the numbers behind them, and what others have published.
import type { Series } from "./curve.ts";
import type { Outcome } from "./simulate.ts";
import { STRATEGIES } from "./strategy.ts";

const DAY = 86_400;
const WEI = 1e18;
const MILLION = 1e6;

export const SERIES: readonly Series[] = [
  {
    file: "delay",
    title: "From the first claim to the true one's confirmation",
    unit: "delay (days)",
    ticks: [0, 2, 4, 6, 8, 10, 12, 14],
    isLogarithmic: false,
    valueOf: ({ delay }) => Number(delay) / DAY,
  },
  {
    file: "gas",
    title: "Gas of the honest party until confirmation, dearest steps",
    unit: "gas (millions)",
    ticks: [0.1, 1, 10, 100, 1_000, 10_000],
    isLogarithmic: true,
    valueOf: ({ gas }) => Number(gas) / MILLION,
  },
  {
    file: "bonds",
    title: "What the liars put up",
    unit: "bonds (ETH)",
    ticks: [1, 10, 100, 1_000, 10_000],
    isLogarithmic: true,
    valueOf: ({ liarBonds }) => Number(liarBonds) / WEI,
  },
  {
    file: "capital",
    title: "What the honest party had locked at most",
    unit: "working capital (ETH)",
    ticks: [1, 10, 100, 1_000],
    isLogarithmic: true,
    valueOf: ({ lockedCapital }) => Number(lockedCapital) / WEI,
  },
];

/** The page about the outcomes. */
export function page(outcomes: readonly Outcome[], seed: number): string {
  const curves = SERIES.map(({ title, file }) => `![${title}](simulation/${file}.svg)`);
  return [
    "# Simulation\n\nWritten by `npm run simulate` with seed " + `${seed}.`,
    INTRODUCTION,
    STRATEGIES.map(({ name, meaning }) => `- **${name}**: ${meaning}.`).join("\n"),
    ...curves,
    "## The numbers",
    table(outcomes),
    FINDINGS,
    PEERS,
    "",
  ].join("\n\n");
}

const INTRODUCTION = `One honest party against 1 to 256 liars, on the rules themselves (\`src/dispute/disputeGame.ts\`), with trees of 2^16 blocks and 2^26
steps, the bonds and clocks of production (\`dispute.md\`, section 5), and a base fee of 50 gwei, at which bonds are priced. The honest
party answers 18 minutes and one slot after it sees something. A move costs what it was measured to take on the contract; a step
is taken to cost 14M gas, the most that fits L1. The strategies:`;

const FINDINGS = `Gain is what the honest party ends up with, gas and all, its own claim and the withdrawal included: all its bonds come back, and each
act is paid. **It is never below zero**, with steps of 14M gas or of 250,000, whether the liars fight to the end, stop half-way or never move, and
where strangers make its moves (\`test/dispute/losses.test.ts\`). \`dispute.md\`, section 6, says up to which gas price that holds and what
is not paid. Half of every lost bond is burned; what the other half leaves stays in the contract. Above 50 gwei the prices stay
at 50.

The delay does not grow with the number of liars. The censor comes within one answer of what the proof allows. The
working capital does grow: 2.1 ETH for each block at which somebody lies, and 4 once; here for one claim of the honest party, and an
honest proposer of one claim a day has up to 54 ETH locked besides (\`dispute.md\`, section 6). Against many liars the honest gas is
beyond one block of L1 in one answer: 256 liars make 4.7 billion gas, which an L1 of 30M a block takes in 32 minutes if it takes
nothing else. The simulation lets them all in at once.`;

const PEERS = `## Beside others

One adversary who fights to the end. The gas of BoLD and OP was measured on their bytecode beside ours (\`benchmarks.md\`, Gas
of a dispute); the rest is as published, or computed from what is, by this project's research.

| system | honest gas | worst delay over the number N of liars | honest bond |
| --- | --- | --- | --- |
| BoLD, as deployed on Arbitrum One | 55.8M and the step | at most about 2 × 6.4 d + 2 d, for any N | 3,600 + 555 + 79 ETH, the lower levels' for each rival |
| OP's fault dispute game | 9.8M and the step, 10.2M to resolve | 7 d and extensions, at most about 17 d, and 3.5 d more; games are independent | 361 ETH for each game |
| Cartesi's PRT | about 5.4M | about T × (1 + log2 N) for each level, nested | 0.24 + 0.10 + 0.15 ETH |
| Dave (paper) | at most 1/20 ETH a match | 22 d for 16 liars, 43 d for 2^32 | 3 ETH |
| **Tribunal** | 6.3M and the step (0.1M to 14M) | 13.4 d for any N, 7.6 d without censorship | 4 ETH, and 2.1 for each rival |

PRT takes less gas than we do, and less bond: its price is a delay that grows with N, and ours is capital that grows with N.
BoLD's delay is like ours: the clocks are the same idea. OP's bonds grow with depth, because every answer there carries one.`;

function table(outcomes: readonly Outcome[]): string {
  const head =
    "| strategy | rivals | delay, days | honest transactions | honest gas, M | to collect, M | liars' bonds, ETH | locked, ETH | gain, ETH | gain with steps of 250k gas |";
  const rows = outcomes.map((outcome) => {
    const { strategy, rivals, transactions } = outcome;
    const figures = [
      (Number(outcome.delay) / DAY).toFixed(2),
      `${transactions}`,
      (Number(outcome.gas) / MILLION).toFixed(1),
      (Number(outcome.collectingGas) / MILLION).toFixed(1),
      (Number(outcome.liarBonds) / WEI).toFixed(1),
      (Number(outcome.lockedCapital) / WEI).toFixed(1),
      (Number(outcome.honestGain) / WEI).toFixed(4),
      (Number(outcome.typicalGain) / WEI).toFixed(2),
    ];
    return `| ${strategy} | ${rivals} | ${figures.join(" | ")} |`;
  });
  return [head, `|${" --- |".repeat(10)}`, ...rows].join("\n");
}
