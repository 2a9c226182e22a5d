// The bracket as lines of text.
import { formatEther } from "viem";
import type { Bracket, Branch } from "./bracket.ts";

type Heights = Pick<Bracket, "blockHeight" | "stepHeight">;

const ENDS: Readonly<Record<Branch["state"], string>> = {
  unclaimed: " ",
  claimed: "○",
  blocks: "○",
  steps: "●",
  disproved: "✗",
  confirmed: "✓",
};

/** A line for the truth, and one for each branch off it. */
export function lines(bracket: Bracket): string[] {
  const [truth, ...rivals] = bracket.branches;
  if (truth === undefined) return [];
  const { blockHeight, stepHeight } = bracket;
  const scale = `${"blocks, halved".padEnd(blockHeight)}┊${"steps, halved".padEnd(stepHeight)}`;
  return [
    `  ${title(truth)}  clock ${clock(truth)} of ${duration(bracket.timeout)}, bonds ${bonds(truth)}`,
    `  │${scale}`,
    ...rivals.map((rival, index) => {
      const joint = index === rivals.length - 1 ? "└" : "├";
      const facts = [rival.question, `clock ${clock(rival)}`, `bonds ${bonds(rival)}`];
      return `  ${joint}${bar(rival, bracket)} ${title(rival)}  ${facts.filter(Boolean).join(", ")}`;
    }),
  ];
}

/** Seconds for people. */
export function duration(seconds: bigint): string {
  const [days, hours, minutes] = [
    seconds / 86_400n,
    (seconds / 3_600n) % 24n,
    (seconds / 60n) % 60n,
  ];
  const parts = [days > 0n ? `${days} d` : "", hours > 0n ? `${hours} h` : "", `${minutes} min`];
  return parts.filter(Boolean).join(" ");
}

function bar({ halvings, state }: Branch, { blockHeight, stepHeight }: Heights): string {
  const isInSteps = state === "steps" || state === "disproved";
  const cells = (from: number, to: number) => {
    const done = Math.min(Math.max(halvings - from, 0), to - from);
    return "━".repeat(done).padEnd(to - from, "┄");
  };
  const blocks = cells(0, blockHeight);
  const steps = cells(blockHeight, blockHeight + stepHeight);
  return `${blocks}${isInSteps ? "╋" : "┊"}${steps}${ENDS[state]}`;
}

function title({ name, claim, state }: Branch): string {
  return `${name.padEnd(8)} ${claim} ${state.padEnd(9)}`;
}

function clock({ clock: seconds }: Branch): string {
  return seconds === null ? "for ever" : duration(seconds);
}

function bonds({ locked }: Branch): string {
  return `${formatEther(locked)} ETH`;
}
