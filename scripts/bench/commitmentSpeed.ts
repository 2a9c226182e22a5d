// How fast states are committed to: what a dispute's trees are made of.
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Stage from "../../test/parity/stage.ts";
import { timed } from "./cpuTime.ts";
import * as Programs from "./programs.ts";
import type { Topic } from "./report.ts";
import { count, rate, table } from "./table.ts";

const LOOP_GAS = 1n << 40n;
const AIM = 200_000;
const ROUNDS = 3;
/** The most steps that a block of 30,000,000 gas can hold: none costs less than one gas. */
const BLOCK_STEPS = 30_000_000;
const SUPPLY = [[Programs.balanceSlot(Stage.SENDER), 10n ** 30n]] as const;

type Scene = Omit<Stage.Scene, "fork">;

const SCENES: readonly { readonly name: string; readonly scene: Scene; readonly times: number }[] =
  [
    { name: "countdown", scene: { program: Programs.tiny(30_000n), gas: LOOP_GAS }, times: 1 },
    {
      name: "MUL and ADD",
      scene: { program: Programs.arithmetic(20_000n), gas: LOOP_GAS },
      times: 1,
    },
    {
      name: "KECCAK256 and MSTORE",
      scene: { program: Programs.hashing(15_000n), gas: LOOP_GAS },
      times: 1,
    },
    {
      name: "transfer of an ERC-20, all phases",
      scene: { program: Programs.tokenCode, storage: SUPPLY, data: Programs.transfer(7n, 1n) },
      times: 200,
    },
  ];

export const commitmentSpeed: Topic = {
  name: "commitment",
  title: "Commitment",
  measure: async (say) => {
    const rows: string[][] = [];
    for (const { name, scene, times } of SCENES) {
      say(name);
      let fastest = 0;
      let steps = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const measured = await commitAll(scene, times);
        ({ steps } = measured);
        fastest = Math.max(fastest, measured.steps / measured.seconds);
      }
      const minutes = (BLOCK_STEPS / fastest / 60).toFixed(1);
      const verdict = fastest >= AIM ? "met" : "missed";
      rows.push([name, count(steps), rate(fastest), minutes, `${rate(AIM)}, ${verdict}`]);
    }
    const memory = await memoryOfLongRun();
    say("memory of a long run");
    const head = ["program", "steps", "committed", "minutes for a block of one gas a step", "aim"];
    return [
      table(head, rows),
      [
        "The state is hashed after every step, on one core, processor time. A dispute hashes a block once; no block has more than",
        `${count(BLOCK_STEPS)} instructions, and the aim for the worst is 10 minutes.`,
        "A short transaction is slower than a loop: what is hashed once for it, its code, tries and lists, is spread over few steps.",
      ].join("\n"),
      `Heap after a committed run: ${memory}.`,
    ].join("\n\n");
  },
};

async function commitAll(
  scene: Scene,
  times: number,
): Promise<{ readonly steps: number; readonly seconds: number }> {
  const starts = Array.from({ length: times }, () => Stage.machineOf({ fork: "Osaka", ...scene }));
  let steps = 0;
  const seconds = await timed(() => {
    for (const machine of starts) {
      while (machine.phase !== Phase.ENTRY) {
        Step.step(machine);
        last = Machine.hash(machine);
        steps++;
      }
    }
  });
  return { steps, seconds };
}

// What is hashed must be used, or it need not be hashed.
let last: Uint8Array = Bytes.EMPTY;

async function memoryOfLongRun(): Promise<string> {
  const heaps: string[] = [];
  for (const rounds of [20_000n, 80_000n]) {
    const { steps } = await commitAll({ program: Programs.tiny(rounds), gas: LOOP_GAS }, 1);
    const megabytes = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
    heaps.push(`${megabytes} MB after ${count(steps)} steps`);
  }
  return `${heaps.join(", ")} (last state ${last.length} bytes)`;
}
