// `npm run bench [-- --only TOPIC]`: measures, and writes docs/benchmarks.md.
import { bodyBytes } from "./bodyBytes.ts";
import { bridgeGas } from "./bridgeGas.ts";
import { channelGas } from "./channelGas.ts";
import { commitmentSpeed } from "./commitmentSpeed.ts";
import { disputeGas } from "./disputeGas.ts";
import { machineSpeed } from "./machineSpeed.ts";
import { payments } from "./payments.ts";
import * as Report from "./report.ts";
import { startTime } from "./startTime.ts";
import { slowestWork } from "./slowestWork.ts";
import { stepGas } from "./stepGas.ts";
import { throughput } from "./throughput.ts";
import { worstBlock } from "./worstBlock.ts";

const TOPICS: readonly Report.Topic[] = [
  machineSpeed,
  commitmentSpeed,
  slowestWork,
  worstBlock,
  throughput,
  payments,
  bridgeGas,
  disputeGas,
  channelGas,
  stepGas,
  bodyBytes,
  startTime,
];

async function main(words: readonly string[]): Promise<number> {
  const chosen = choose(words);
  if (chosen === undefined) {
    console.error(`usage: npm run bench [-- --only ${TOPICS.map(({ name }) => name).join("|")}]`);
    return 2;
  }
  for (const topic of chosen) {
    const started = performance.now();
    const seconds = () => ((performance.now() - started) / 1_000).toFixed(1).padStart(6);
    const say = (line: string) => console.log(`${seconds()} s  ${topic.name}: ${line}`);
    Report.write(TOPICS, topic, await topic.measure(say));
    say("written to docs/benchmarks.md");
  }
  return 0;
}

function choose(words: readonly string[]): readonly Report.Topic[] | undefined {
  if (words.length === 0) return TOPICS;
  const [flag, name, ...rest] = words.flatMap((word) => word.split("="));
  const topic = TOPICS.find((one) => one.name === name);
  return flag === "--only" && topic !== undefined && rest.length === 0 ? [topic] : undefined;
}

process.exit(await main(process.argv.slice(2)));
