// Official state tests, step by step: of each kind of step the first of a case is proven on chain.
import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as StateTests from "../../scripts/conformance/stateTests.ts";
import * as VectorFile from "../../scripts/conformance/vectorFile.ts";
import * as Context from "../../src/machine/context.ts";
import * as EntryTransaction from "../../src/machine/entryTransaction.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import * as World from "../../src/machine/world.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Steps from "./steps.ts";

const VECTORS = fileURLToPath(
  new URL("../../../shared/ethereum-tests/GeneralStateTests", import.meta.url),
);
const TIMEOUT_MILLISECONDS = 600_000;
const CHAIN_ID = 1n;
const FORK = "Cancun";
// Every so many files, the first cases of each, the first steps of each.
const STRIDE = 25;
const CASES = 2;
const MAX_STEPS = 3_000;
// A network keeps something of every call.
const FILES_PER_NETWORK = 40;

describe("official vectors on chain", function () {
  this.timeout(TIMEOUT_MILLISECONDS);

  it(`take the machine's steps in one file of ${STRIDE}`, async function () {
    if (!existsSync(VECTORS)) {
      console.log(
        `      skipped: there are no vectors in ${path.relative(process.cwd(), VECTORS)}`,
      );
      this.skip();
    }
    const files = VectorFile.list(VECTORS).filter((_, index) => index % STRIDE === 0);
    const kinds = new Set<string>();
    let proven = 0;
    for (let start = 0; start < files.length; start += FILES_PER_NETWORK) {
      const provers = await Steps.deployProvers({}, { chainId: CHAIN_ID, caps: false });
      for (const file of files.slice(start, start + FILES_PER_NETWORK)) {
        for (const step of stepsOf(file)) {
          await Steps.expectProven(provers, FORK, step);
          kinds.add(step.name);
          proven++;
        }
      }
      await provers.close();
    }
    console.log(`      ${proven} steps of ${kinds.size} kinds in ${files.length} files`);
    expect(proven).to.be.greaterThan(1_000);
  });
});

/** Machines about to admit the transactions of a file. */
function* machinesOf(file: string): Generator<Machine.Machine> {
  const tests: Readonly<Record<string, StateTests.StateTest>> = JSON.parse(
    readFileSync(file, "utf8"),
  );
  const context = Context.create(FORK, CHAIN_ID, false);
  for (const test of Object.values(tests)) {
    for (const post of (test.post[FORK] ?? []).slice(0, CASES)) {
      const entry = EntryTransaction.fromBytes(Hex.toBytes(post.txbytes), context);
      if (entry.type === "refused") continue;
      const world = World.create(StateTests.stateOf(test), Logs.EMPTY_BLOOM);
      const machine = Machine.create(context, StateTests.blockOf(test), world);
      machine.transaction = entry.transaction;
      machine.phase = Phase.ADMIT;
      yield machine;
    }
  }
}

function* stepsOf(file: string): Generator<Steps.RecordedStep> {
  for (const machine of machinesOf(file)) yield* firstOfEachKind(machine);
}

function* firstOfEachKind(machine: Machine.Machine): Generator<Steps.RecordedStep> {
  const known = new Set<string>();
  for (let i = 0; i < MAX_STEPS && machine.phase !== Phase.ENTRY; i++) {
    const { name } = Steps.nextStep(machine);
    if (known.has(name)) {
      Step.step(machine);
    } else {
      known.add(name);
      yield Steps.recordNext(machine);
    }
  }
}
