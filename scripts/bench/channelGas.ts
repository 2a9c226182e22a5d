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
        "Both payees exist and hold the token already. Figures of others are from this project's research, where their contracts",
        "ran on one EVM in one scenario; they were not measured in this run, for no package of theirs is among the dependencies.",
        "What misses its aim does so by what the compiler spends on decoding nested arguments and on checks that the aims'",
        "single-purpose model did without. Channels settle from the head where one payment says it all; only what has several",
        "assets, locks or an app has to show its state again. A deposit counts what arrives of a token, which costs two questions.",
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
