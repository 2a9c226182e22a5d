// What became of one case of a vector file.

export type Verdict = {
  readonly name: string;
  /** What differed, or nothing if the case passed. */
  readonly failure: string | null;
};
