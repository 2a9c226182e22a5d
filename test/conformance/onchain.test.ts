// The steps of official state tests before the Solidity provers, as npm run conformance -- --onchain puts them there.
import { expect } from "chai";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as L1 from "../../scripts/conformance/l1.ts";
import * as Onchain from "../../scripts/conformance/onchain.ts";
import * as ProvenSteps from "../../scripts/conformance/provenSteps.ts";
import * as StepReport from "../../scripts/conformance/stepReport.ts";
import type { StateTest } from "../../scripts/conformance/stateTests.ts";
import * as VectorFile from "../../scripts/conformance/vectorFile.ts";
import type * as Machine from "../../src/machine/machine.ts";

const VECTORS = fileURLToPath(
  new URL("../../../shared/ethereum-tests/GeneralStateTests", import.meta.url),
);
const FORK = "Cancun";
const FILES = ["stExample/add11.json", "stCallCodes/callcallcallcode_001.json"];
// A precompile under a million bytes.
const BEYOND_CAPS = "stStaticCall/static_CallRipemd160_5.json";
const SAMPLE = { isComplete: false, every: 0 };
const EVERY = 10;

describe("steps of official state tests", function () {
  this.timeout(120_000);
  let folder = "";

  before(function () {
    if (!existsSync(VECTORS)) {
      console.log(
        `      skipped: there are no vectors in ${path.relative(process.cwd(), VECTORS)}`,
      );
      this.skip();
    }
    folder = mkdtempSync(path.join(tmpdir(), "onchain-"));
  });

  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  function prove(
    report: string,
    files = FILES.map((file) => path.join(VECTORS, file)),
    startL1 = L1.start,
  ) {
    const request = {
      fixtures: VECTORS,
      files,
      fork: FORK,
      sampling: SAMPLE,
      isResumed: true,
      reportFile: path.join(folder, report),
      progress: () => undefined,
    } as const;
    return Onchain.run(request, startL1);
  }

  function begin(): Machine.Machine {
    const [first] = VectorFile.stateCasesOf(path.join(VECTORS, FILES[0] ?? ""), FORK);
    const machine = first?.test.begin();
    if (machine === undefined || typeof machine === "string") throw new TypeError("no machine");
    return machine;
  }

  it("are proven and counted by opcode and phase", async () => {
    const report = await prove("first.json");
    const { passed, failed, proven, notProvable } = StepReport.totals(report);
    expect({ failed, notProvable }).to.deep.equal({ failed: 0, notProvable: [] });
    expect(passed).to.be.at.least(FILES.length);
    expect(proven).to.be.greaterThan(30);
    expect(StepReport.table(report)).to.include("| phase ADMIT |").and.include("| SSTORE |");
  });

  it("are not proven again when the report has their case", async () => {
    const file = path.join(folder, "first.json");
    const before = readFileSync(file, "utf8");
    await prove("first.json");
    expect(readFileSync(file, "utf8")).to.equal(before);
  });

  it("do not go on in a report about other steps", () => {
    const file = path.join(folder, "first.json");
    const other = { fork: FORK, isComplete: true, every: 0 };
    expect(() => StepReport.open(file, other)).to.throw(StepReport.OtherScopeError);
  });

  it("fail a case whose state root is another", async () => {
    const file = path.join(folder, "GeneralStateTests", "other.json");
    mkdirSync(path.dirname(file));
    writeFileSync(file, JSON.stringify(withOtherRoots(path.join(VECTORS, FILES[0] ?? ""))));
    const report = await prove("other-report.json", [file]);
    const { passed, failed } = StepReport.totals(report);
    expect({ passed, failed }).to.deep.equal({ passed: 0, failed: 1 });
  });

  const answers: Readonly<Record<string, L1.Answer>> = {
    "with another state": { type: "successor", state: `0x${"22".repeat(32)}`, gas: 1 },
    "with an error": { type: "reverted", error: "NotProvableHere", reason: "beyond the caps" },
    "by running out of gas": { type: "reverted", error: null, reason: "out of gas" },
  };
  for (const [how, answer] of Object.entries(answers)) {
    it(`fail every case on an L1 that answers ${how}`, async () => {
      const report = await prove(`${how}.json`, undefined, () =>
        Promise.resolve({ judge: () => Promise.resolve(answer), close: () => Promise.resolve() }),
      );
      const { passed, failed, proven } = StepReport.totals(report);
      expect({ passed, proven }).to.deep.equal({ passed: 0, proven: 0 });
      expect(failed).to.equal(Object.keys(report.cases).length).and.be.greaterThan(0);
    });
  }

  it("beyond the caps of the rollup are counted apart where the L1 cannot take them", async () => {
    const report = await prove("beyond.json", [path.join(VECTORS, BEYOND_CAPS)]);
    const { passed, failed, notProvable } = StepReport.totals(report);
    expect({ passed, failed }).to.deep.equal({ passed: 0, failed: 0 });
    expect(notProvable).to.have.lengthOf(1);
  });

  it("are chosen once for each kind, and every so often", () => {
    const sample = ProvenSteps.choose(begin(), SAMPLE);
    const more = ProvenSteps.choose(begin(), { isComplete: false, every: EVERY });
    const all = ProvenSteps.choose(begin(), { isComplete: true, every: 0 });
    expect([...(more.indexes ?? [])]).to.include.members([...(sample.indexes ?? [])]);
    expect([...(more.indexes ?? [])]).to.include(EVERY);
    expect(all).to.deep.include({ length: sample.length, indexes: null });
    expect([...ProvenSteps.record(begin(), all)]).to.have.lengthOf(all.length);
  });

  it("revert under the witness of another step", async () => {
    const steps = [...ProvenSteps.record(begin(), ProvenSteps.choose(begin(), SAMPLE))];
    const [first, second] = steps;
    if (first === undefined || second === undefined) throw new TypeError("no steps");
    const l1 = await L1.start(FORK);
    const right = await l1.judge(first.before, first.witness);
    expect(right).to.deep.include({ type: "successor", state: first.after });
    expect((await l1.judge(first.before, second.witness)).type).to.equal("reverted");
    await l1.close();
  });
});

function withOtherRoots(file: string): Record<string, StateTest> {
  const tests: Readonly<Record<string, StateTest>> = JSON.parse(readFileSync(file, "utf8"));
  return Object.fromEntries(
    Object.entries(tests).map(([name, test]) => {
      const posts = test.post[FORK] ?? [];
      const hash = `0x${"11".repeat(32)}`;
      return [name, { ...test, post: { [FORK]: posts.map((post) => ({ ...post, hash })) } }];
    }),
  );
}
