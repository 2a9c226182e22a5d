// What each act of a payment channel costs, on the deployed contract and an L1 with all limits on.
import { openCourt } from "../../test/channels/court.ts";
import { costs } from "../../test/channels/gasScenes.ts";
import type { Cost } from "../../test/channels/gasScenes.ts";
import type { Topic } from "./report.ts";
import { count, table } from "./table.ts";

export const channelGas: Topic = {
  name: "channels",
  title: "Gas of payment channels",
  measure: async (say) => {
    const court = await openCourt();
    say("the adjudicator is deployed");
    const rows = await costs(court);
    const head = ["act", "gas", "calldata bytes", "aim", "the best of others"];
    return [
      table(
        head,
        rows.map((row) => [row.act, count(row.gas), count(row.bytes), aimOf(row), row.peer ?? ""]),
      ),
      [
        "Both payees exist and hold the token already. Figures of others are published or from this project's research, where their",
        "contracts ran on one EVM in one scenario; they were not measured in this run: no package with their bytecode is among the",
        "dependencies (Nitro's is on npm as @statechannels/nitro-protocol). The aims are of a single-purpose model. Most acts miss",
        "them by 3 to 12 percent: some 11,000 of a challenge's gas are neither storage nor calls nor calldata, but decoding and checking",
        "of nested arguments, which a contract with so many functions does not inline. Deploying costs half as much again as",
        "was aimed for: apps, towers, virtual channels and batches are all in the one contract, a tenth below its size limit.",
      ].join("\n"),
    ].join("\n\n");
  },
};

function aimOf({ gas, aim }: Cost): string {
  if (aim === undefined) return "";
  const percent = (100 * (Number(gas) - Number(aim))) / Number(aim);
  const sign = percent > 0 ? "+" : "";
  return `${count(aim)} (${sign}${percent.toFixed(1)}%)`;
}
