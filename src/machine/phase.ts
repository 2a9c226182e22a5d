// What a machine does next, and which prover judges it. Twin: contracts/machine/Phase.sol.

export const EXECUTE = 0;
export const COPY = 1;
export const HASH = 2;
export const LOG = 3;
export const LOAD = 4;
export const RESOLVE = 5;
export const CREATE = 6;
export const ENTER = 7;
export const INITIATE = 8;
export const PRECOMPILE = 9;
export const SETTLE = 10;
export const DEPOSIT = 11;
export const SYSTEM = 12;
export const ENTRY = 13;
export const ADMIT = 14;
export const ACCESS = 15;
export const AUTHORIZE = 16;
export const START = 17;
export const FINISH = 18;
export const DESTROY = 19;
export const RECEIPT = 20;
export const END = 21;

/** Not a phase of a `Machine` but a mark of this program: the state is a `BlockDone`. */
export const DONE = 255;

/** The name of every committed phase, by number. */
export const NAMES = [
  "EXECUTE",
  "COPY",
  "HASH",
  "LOG",
  "LOAD",
  "RESOLVE",
  "CREATE",
  "ENTER",
  "INITIATE",
  "PRECOMPILE",
  "SETTLE",
  "DEPOSIT",
  "SYSTEM",
  "ENTRY",
  "ADMIT",
  "ACCESS",
  "AUTHORIZE",
  "START",
  "FINISH",
  "DESTROY",
  "RECEIPT",
  "END",
] as const;
