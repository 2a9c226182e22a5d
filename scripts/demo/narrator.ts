// The demo's voice: a line for each thing that happens, and a check behind each thing that is said.

export type Narrator = {
  readonly say: (line: string) => void;
  /** Says a statement that was checked; throws if the check failed. */
  readonly attest: (statement: string, holds: boolean) => void;
  readonly chapter: (title: string) => void;
  readonly attested: () => number;
};

export function create(print: (line: string) => void): Narrator {
  const started = performance.now();
  let attested = 0;
  const clock = () => `${((performance.now() - started) / 1_000).toFixed(1).padStart(6)} s`;
  return {
    say: (line) => print(`${clock()}    ${line}`),
    attest: (statement, holds) => {
      if (!holds) throw new StatementError(statement);
      attested += 1;
      print(`${clock()}  ✓ ${statement}`);
    },
    chapter: (title) => print(`\n${clock()}  ${title}`),
    attested: () => attested,
  };
}

export class StatementError extends Error {
  override readonly name = "Narrator.StatementError";
  readonly statement: string;
  constructor(statement: string) {
    super(`the demo would have said what is not so: ${statement}`);
    this.statement = statement;
  }
}
