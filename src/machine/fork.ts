// The Ethereum forks the machine can follow, oldest first. Twin: contracts/machine/Fork.sol.

export type Fork = "Cancun" | "Prague" | "Osaka";

export const CANCUN = 0;
export const PRAGUE = 1;
export const OSAKA = 2;

/** The number by which contracts know a fork. */
export function order(fork: Fork): number {
  switch (fork) {
    case "Cancun":
      return CANCUN;
    case "Prague":
      return PRAGUE;
    case "Osaka":
      return OSAKA;
  }
}

/** Whether the rules that came with `earliest` apply under `fork`. */
export function isAtLeast(fork: Fork, earliest: Fork): boolean {
  return order(fork) >= order(earliest);
}
