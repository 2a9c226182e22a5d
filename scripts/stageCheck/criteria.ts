// What L2BEAT asks of a rollup, stage by stage, and how an answer is written down.

export type Criterion = {
  readonly number: number;
  readonly stage: 0 | 1 | 2;
  readonly text: string;
};

export type Verdict = "pass" | "fail" | "not applicable" | "left out";

/** What was done about a criterion, and what came of it. */
export type Outcome = {
  readonly number: number;
  readonly verdict: Verdict;
  readonly done: string;
  readonly fact: string;
};

export const CRITERIA: readonly Criterion[] = [
  { number: 1, stage: 0, text: "state roots stand on L1" },
  { number: 2, stage: 0, text: "the state can be rebuilt from L1 alone" },
  { number: 3, stage: 0, text: "all inputs of the state transition are on L1" },
  { number: 4, stage: 0, text: "a complete proof system is in force" },
  { number: 5, stage: 0, text: "outsiders can challenge: five, or anyone" },
  { number: 6, stage: 0, text: "the node's source is available" },
  { number: 7, stage: 0, text: "the project calls itself a rollup" },
  { number: 8, stage: 1, text: "users exit although every operator is dead" },
  { number: 9, stage: 1, text: "a censored user is included within a known time" },
  { number: 10, stage: 1, text: "no key outside a council can upgrade, pause or skip a delay" },
  { number: 11, stage: 1, text: "a pause ends by itself" },
  { number: 12, stage: 1, text: "upgrades leave seven days to exit" },
  { number: 13, stage: 1, text: "the security council is large, and half of it outsiders" },
  { number: 14, stage: 1, text: "verifier reproducible from source, no untrusted set-up" },
  { number: 15, stage: 1, text: "all of it holds although the council is absent" },
  { number: 16, stage: 2, text: "any account can challenge, with a bond and no permission" },
  { number: 17, stage: 2, text: "other upgrades leave thirty days to exit" },
  { number: 18, stage: 2, text: "a council acts at once only on a bug proven on chain" },
];

/** An answer that was found by doing. */
export function outcome(number: number, done: string, fact: string, holds: boolean): Outcome {
  return { number, verdict: holds ? "pass" : "fail", done, fact };
}

/** An answer to a criterion about something that does not exist, which was made sure of. */
export function notApplicable(number: number, done: string, fact: string): Outcome {
  return { number, verdict: "not applicable", done, fact };
}

/** No answer, because somebody asked for none. */
export function leftOut(number: number, fact: string): Outcome {
  return { number, verdict: "left out", done: "nothing", fact };
}

/** What the answers come to, soberly. */
export function conclusion(outcomes: readonly Outcome[]): string[] {
  const count = (verdict: Verdict) => outcomes.filter((one) => one.verdict === verdict).length;
  const failed = failedStage(outcomes);
  const counts = `${count("pass")} pass, ${count("not applicable")} do not apply, ${count("left out")} left out, ${count("fail")} fail`;
  if (failed !== undefined) return [`${counts}: a criterion of stage ${failed} does not hold`];
  return [
    `${counts}: no criterion of stages 0 to 2 is against this rollup.`,
    "That is not a stage. L2BEAT gives stages to rollups that are deployed, and this one is not, nor has anybody audited",
    "it. Without a council nobody can freeze or take by decree; for the same reason nobody could repair a fault in the",
    "proof, which the criteria of stage 2 accept and a user should know.",
  ];
}

/** The table of all answers. */
export function table(outcomes: readonly Outcome[]): string[] {
  const lines = CRITERIA.flatMap(({ number, stage, text }) => {
    const found = outcomes.find((one) => one.number === number);
    const verdict = found?.verdict ?? "fail";
    const [done, fact] = [found?.done ?? "nothing", found?.fact ?? "not reached"];
    const head = `(${number})`.padStart(4);
    return [
      `${head}  stage ${stage}  ${text.padEnd(62)}  ${verdict}`,
      ...wrap("done: ", done),
      ...wrap("fact: ", fact),
    ];
  });
  return lines;
}

/** The lowest stage of which some criterion failed or is missing; undefined if none. */
export function failedStage(outcomes: readonly Outcome[]): number | undefined {
  const failed = CRITERIA.filter(({ number }) => {
    const found = outcomes.find((one) => one.number === number);
    return found === undefined || found.verdict === "fail";
  });
  return failed.map(({ stage }) => stage).sort()[0];
}

const INDENT = 15;
const WIDTH = 110;

function wrap(title: string, text: string): string[] {
  const lines: string[] = [];
  let line = title;
  for (const word of text.split(" ")) {
    if (line.length + word.length > WIDTH - INDENT) {
      lines.push(line);
      line = " ".repeat(title.length);
    }
    line += line.trimEnd() === line && line !== "" ? ` ${word}` : word;
  }
  return [...lines, line].map((one) => " ".repeat(INDENT) + one);
}
