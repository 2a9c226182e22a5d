// Steps with the least gas that they can do with, and with one unit less.
import * as Cursor from "../../src/machine/cursor.ts";
import * as Frame from "../../src/machine/frame.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import { nextStep } from "./steps.ts";

export type Pair = {
  readonly name: string;
  /** The least gas that the step can do with. */
  readonly gas: bigint;
  readonly enough: Machine.Machine;
  readonly tooLittle: Machine.Machine;
};

/** Different prices of one instruction or phase that are kept. */
const PRICES = 4;

/** Pairs by the name of the instruction or phase, of so many different prices each. */
export class Pairs {
  readonly #known = new Map<string, Map<bigint, Pair>>();

  /** Takes what is new of a run of so many steps at most. */
  add(machine: Machine.Machine, maxSteps: number): void {
    for (let i = 0; i < maxSteps && (i === 0 || machine.phase !== Phase.ENTRY); i++) {
      this.#take(machine);
      Step.step(machine);
    }
  }

  all(): Pair[] {
    return [...this.#known.values()].flatMap((prices) => [...prices.values()]);
  }

  #take(machine: Machine.Machine): void {
    if (machine.frame === null) return;
    const { name } = nextStep(machine);
    const known = this.#known.get(name) ?? new Map<bigint, Pair>();
    if (known.size >= PRICES) return;
    const gas = leastGas(machine);
    if (gas === undefined || gas === 0n || known.has(gas)) return;
    const pair = {
      name,
      gas,
      enough: withGas(machine, gas),
      tooLittle: withGas(machine, gas - 1n),
    };
    known.set(gas, pair);
    this.#known.set(name, known);
  }
}

/** Whether the machine's next step halts its frame. */
export function halts(machine: Machine.Machine): boolean {
  const after = Machine.clone(machine);
  Step.step(after);
  const { cursor, phase } = after;
  const hasEnded = phase === Phase.SETTLE && machine.phase !== Phase.SETTLE;
  return hasEnded && cursor?.type === "outcome" && cursor.status === Cursor.STATUS_HALT;
}

// What is left decides whether a step halts, and more is never worse. Undefined if it halts anyway.
function leastGas(machine: Machine.Machine): bigint | undefined {
  if (machine.frame === null || halts(machine)) return undefined;
  let enough = Frame.gasLeft(machine.frame);
  let tooLittle = -1n;
  while (enough - tooLittle > 1n) {
    const middle = tooLittle < 0n ? 0n : (enough + tooLittle) / 2n;
    if (halts(withGas(machine, middle))) tooLittle = middle;
    else enough = middle;
  }
  return enough;
}

function withGas(machine: Machine.Machine, gas: bigint): Machine.Machine {
  const copy = Machine.clone(machine);
  if (copy.frame !== null) Frame.setGas(copy.frame, gas);
  return copy;
}
