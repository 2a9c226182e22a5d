// True steps to tamper with: of every family those that the scenes of the parity tests, whole blocks and official vectors
// take, a few of each kind.
import * as Block from "../../src/machine/block.ts";
import type * as Fork from "../../src/machine/fork.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import { ADMISSION_SCENES } from "../../test/parity/admissionScenes.ts";
import { CALL_SCENES } from "../../test/parity/callScenes.ts";
import { CREATION_SCENES } from "../../test/parity/creationScenes.ts";
import { EDGE_EXAMPLES } from "../../test/parity/edgeExamples.ts";
import { EXAMPLES } from "../../test/parity/instructions.ts";
import { PRECOMPILE_SCENES } from "../../test/parity/precompileScenes.ts";
import * as Stage from "../../test/parity/stage.ts";
import * as TransactionScene from "../../test/parity/transactionScene.ts";
import * as StepKinds from "../conformance/stepKinds.ts";
import * as VectorFile from "../conformance/vectorFile.ts";
import { kindOf, record, recordPadding, type Court, type TrueStep } from "./recording.ts";

/** The chain of the scenes, which have no blocks. */
export const NO_CHAIN = "scenes";
/** The chain of the official vectors, which has no caps. */
export const VECTOR_CHAIN = "vectors";

const FORKS = ["Osaka", "Prague", "Cancun"] as const;
const VECTOR_FORK = "Cancun";
/** Scenes that take seconds in TypeScript and show no kind of step that others do not. */
const SLOW = new Set(["the dearest pairing", "a pairing too many"]);
const PER_KIND = 3;
/** And at most so many of them from one run. */
const PER_RUN = 2;
/** A longer witness is tampered with only if its kind has none below. */
const MAX_BYTES = 6_000;
const ENDLESS = 12_000;
/** A program of at most so many bytes is short. */
const SHORT_BYTES = 40;
const SOME_INDEX = 1n;
const SOME_END = 1n;

/** A run of the machine that can be begun anew. */
type Run = {
  readonly name: string;
  readonly court: Court;
  readonly endBlock: bigint;
  readonly begin: () => Machine.Machine;
  readonly isOver: (machine: Machine.Machine) => boolean;
};

/** Some steps of each kind, from all runs. */
export class Collection {
  readonly #kinds = new Map<string, TrueStep[]>();
  readonly #perKind: number;
  readonly #perRun: number;

  constructor(perKind = PER_KIND, perRun = PER_RUN) {
    this.#perKind = perKind;
    this.#perRun = perRun;
  }

  /** Takes from a run what is still wanted. */
  add(run: Run): void {
    const machine = run.begin();
    const { court, endBlock, name } = run;
    let place = 0;
    let earlier: Machine.Machine | null = null;
    for (; place < ENDLESS && (place === 0 || !run.isOver(machine)); place++) {
      const before = Machine.clone(machine);
      const step = this.#take(machine, run, place, earlier);
      if (step !== undefined) this.#keep(step);
      earlier = before;
    }
    if (machine.done === null) return;
    this.#keep(recordPadding(machine, { court, endBlock, index: SOME_INDEX, run: name, place }));
  }

  /** All that were taken. */
  steps(): TrueStep[] {
    return [...this.#kinds.values()].flat();
  }

  #take(
    machine: Machine.Machine,
    run: Run,
    place: number,
    earlier: Machine.Machine | null,
  ): TrueStep | undefined {
    const after = Machine.clone(machine);
    const upcoming = StepKinds.upcoming(machine);
    Step.step(after);
    const name = machine.done === null ? StepKinds.nameOf(upcoming) : "phase BEGIN";
    const known = this.#kinds.get(kindOf(name, upcoming, after)) ?? [];
    const isWanted =
      known.length < this.#perKind || known.some(({ witness }) => witness.length > MAX_BYTES);
    if (!isWanted || known.filter((step) => step.run === run.name).length >= this.#perRun) {
      Step.step(machine);
      return undefined;
    }
    const { court, endBlock } = run;
    const index = machine.done === null ? SOME_INDEX : 0n;
    return record(machine, { court, endBlock, index, run: run.name, place }, earlier);
  }

  // Short witnesses take the place of long ones: an attack is as good on them, and cheaper.
  #keep(step: TrueStep): void {
    const known = this.#kinds.get(step.kind) ?? [];
    if (known.length >= this.#perKind) {
      known.sort((a, b) => a.witness.length - b.witness.length);
      if ((known.at(-1)?.witness.length ?? 0) <= step.witness.length) return;
      known.pop();
    }
    known.push(step);
    this.#kinds.set(step.kind, known);
  }
}

/** One of the scenes of the parity tests, under a fork; the first ones are single instructions. */
export function* sceneRuns(forks: readonly Fork.Fork[] = FORKS): Generator<Run> {
  for (const fork of forks) {
    for (const example of EXAMPLES) {
      if (example.forks?.includes(fork) === false) continue;
      yield sceneRun(`${fork} ${example.name}`, fork, () => Stage.machineOf({ fork, ...example }));
    }
    const scenes = [...CALL_SCENES, ...CREATION_SCENES, ...PRECOMPILE_SCENES, ...ADMISSION_SCENES];
    for (const scene of scenes) {
      if (!TransactionScene.forksOf(scene).includes(fork) || SLOW.has(scene.name)) continue;
      yield sceneRun(`${fork} ${scene.name}`, fork, () => TransactionScene.machineOf(scene, fork));
    }
  }
}

/** Every step of the programs at edges, but the pushes of long ones: a collection would keep a few of a kind, whatever they meet. */
export function edgeSteps(): TrueStep[] {
  const fork = "Osaka";
  return EDGE_EXAMPLES.flatMap((example) => {
    const machine = Stage.machineOf({ fork, ...example });
    const court = { fork, chain: NO_CHAIN } as const;
    const steps: TrueStep[] = [];
    for (let place = 0; machine.phase !== Phase.FINISH; place++) {
      const opcode = Step.nextOpcode(machine);
      const isPush = opcode >= Opcode.PUSH0 && opcode <= Opcode.PUSH32;
      const origin = { court, endBlock: SOME_END, index: SOME_INDEX, run: example.name, place };
      if (!isPush || example.program.length <= SHORT_BYTES) steps.push(record(machine, origin));
      else Step.step(machine);
    }
    return steps;
  });
}

/** Every block of a chain. */
export function* blockRuns(name: string, chain: L2Chain.L2Chain): Generator<Run> {
  const inbox = L2Chain.inboxOf(chain);
  const { context } = chain;
  let tip = chain.genesis;
  while (tip.number < chain.l1.lastBlock) {
    const start = tip;
    yield {
      name: `${name} ${start.number + 1n}`,
      court: { fork: context.fork, chain: name },
      endBlock: chain.l1.lastBlock,
      begin: () => Block.after(start, context, inbox),
      isOver: (machine) => machine.done !== null,
    };
    tip = Block.execute(start, context, inbox).tip;
  }
}

/** The first cases of some files of official state tests. */
export function* vectorRuns(directory: string, random: Random, count: number): Generator<Run> {
  const files = VectorFile.list(directory);
  for (let i = 0; i < count; i++) {
    const file = random.pick(files);
    for (const { name, test } of VectorFile.stateCasesOf(file, VECTOR_FORK)) {
      const machine = test.begin();
      if (typeof machine === "string") continue;
      yield {
        name,
        court: { fork: VECTOR_FORK, chain: VECTOR_CHAIN },
        endBlock: SOME_END,
        begin: () => machine,
        isOver: isTransactionOver,
      };
      break;
    }
  }
}

function sceneRun(name: string, fork: Fork.Fork, begin: () => Machine.Machine): Run {
  const court = { fork, chain: NO_CHAIN };
  return { name, court, endBlock: SOME_END, begin, isOver: isTransactionOver };
}

function isTransactionOver({ phase }: Machine.Machine): boolean {
  return phase === Phase.ENTRY;
}
