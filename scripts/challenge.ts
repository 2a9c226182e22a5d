// `npm run challenge`: liars with whole false traces against one honest watcher, on an L1 with every limit on.
import * as ChallengeOptions from "./challenge/challengeOptions.ts";
import * as Dispute from "./challenge/dispute.ts";
import * as Evidence from "./challenge/evidence.ts";
import * as Parties from "./challenge/parties.ts";
import * as Verdict from "./challenge/verdict.ts";
import * as Voice from "./challenge/voice.ts";
import { PRODUCTION } from "./deployment/parameters.ts";
import * as Devnet from "./devnet/devnet.ts";
import { interrupted } from "./devnet/interrupted.ts";
import * as Options from "./devnet/options.ts";

const ANY_PORTS = { ...Options.DEFAULTS, l1Port: 0, l2Port: 0 };
const TIMING = { blockMs: 200, quickMs: 200, batchMs: 500 };

async function main(): Promise<number> {
  const options = ChallengeOptions.parse(process.argv.slice(2));
  const stopped = interrupted();
  const print = (text: string) => void process.stdout.write(text);
  const isTerminal = process.stdout.isTTY;
  const voice = options.json
    ? Voice.forMachines(options, print)
    : Voice.forPeople({ isTerminal, print });
  const devnet = await Devnet.start(ANY_PORTS, PRODUCTION, TIMING, () => undefined);
  try {
    voice.say(
      "L1",
      `${devnet.l1Url}: the rollup's contracts with the bonds and clocks of production`,
    );
    const ended = await Promise.race([
      challenge(devnet, options, voice),
      stopped.then(() => undefined),
    ]);
    return ended === undefined ? 130 : ended ? 0 : 1;
  } finally {
    await devnet.stop();
  }
}

async function challenge(
  devnet: Devnet.Devnet,
  options: ChallengeOptions.ChallengeOptions,
  voice: Voice.Voice,
): Promise<boolean> {
  await Evidence.make(devnet);
  await devnet.complete;
  const court = await Parties.assemble(devnet, options, voice.say);
  const { number } = court.truth.trace.endState;
  voice.say("L2", `${number} blocks stand on L1, with deposits and calls of WETH9 in them`);
  for (const { rival } of court.accused) {
    if (rival.place === undefined) continue;
    const { block, step, name } = rival.place;
    voice.say(rival.name, `gives itself ether after step ${step} of block ${block}: ${name}`);
  }
  const before = await Verdict.before(court);
  await Dispute.play(court, voice.draw);
  const expense = await Verdict.expenseOf(court, before);
  const findings = await Verdict.findings(court, before, expense);
  voice.verdict(findings, expense);
  await court.watcher.close();
  return findings.every(({ holds }) => holds);
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof Options.UsageError ? 2 : 1);
  },
);
