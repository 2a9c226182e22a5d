// Where tests are, for the table of scenarios.

export type Evidence = { readonly file: string; readonly titles: readonly string[] };

export const whole = (...titles: string[]): Evidence => at("dispute/wholeDispute", titles);
export const watcher = (...titles: string[]): Evidence => at("watcher/watcher", titles);
export const places = (...titles: string[]): Evidence => at("adversaries/places", titles);
export const clocks = (...titles: string[]): Evidence => at("adversaries/clocks", titles);
export const rivals = (...titles: string[]): Evidence => at("adversaries/rivals", titles);
export const refusals = (...titles: string[]): Evidence => at("adversaries/refusals", titles);
export const money = (...titles: string[]): Evidence => at("adversaries/money", titles);
export const history = (...titles: string[]): Evidence => at("adversaries/history", titles);
export const confirm = (...titles: string[]): Evidence => at("dispute/confirm", titles);
export const bisect = (...titles: string[]): Evidence => at("dispute/bisect", titles);
export const refine = (...titles: string[]): Evidence => at("dispute/refine", titles);
export const chainData = (...titles: string[]): Evidence => at("dispute/chainData", titles);

/** The tests with these titles in a file below test/. */
export function at(name: string, titles: readonly string[]): Evidence {
  return { file: `test/${name}.test.ts`, titles };
}
