// `npm run stage-check`: what it finds in contracts and what it would not let pass, and one whole run as a user starts it.
import { expect } from "chai";
import { readFileSync } from "node:fs";
import type { Hex } from "viem";
import { UsageError } from "../../scripts/devnet/options.ts";
import { codeOf, PREINSTALLS } from "../../scripts/genesis/preinstalls.ts";
import * as CallerReads from "../../scripts/stageCheck/callerReads.ts";
import * as Criteria from "../../scripts/stageCheck/criteria.ts";
import * as Opcodes from "../../scripts/stageCheck/opcodes.ts";
import * as Privileges from "../../scripts/stageCheck/privileges.ts";
import * as Reproduction from "../../scripts/stageCheck/reproduction.ts";
import * as StageOptions from "../../scripts/stageCheck/stageOptions.ts";
import * as Syntax from "../../scripts/stageCheck/syntax.ts";
import { launch, ROOT } from "../harness/scriptProcess.ts";

const FOREIGN = PREINSTALLS.map((one) => ({ name: one.name, code: codeOf(one) }));
/** Libraries have code too, a few bytes that nothing calls. */
const LIBRARY_BYTES = 200;

const start = (words: readonly string[]) => launch(["scripts/stageCheck.ts", ...words]);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).to.equal("ESRCH");
    return false;
  }
}

describe("npm run stage-check", function () {
  this.timeout(180_000);

  const contracts = () =>
    Syntax.compiledContracts().filter(({ deployedBytecode: code }) => code.length > LIBRARY_BYTES);
  const administered = JSON.parse(
    readFileSync(`${ROOT}artifacts/test/harness/Administered.sol/Administered.json`, "utf8"),
  ) as Syntax.Compiled;

  describe("privileges", () => {
    it("are one account's alone: the sequencer's, to post", () => {
      const findings = Privileges.enumerate(contracts(), FOREIGN);
      expect(findings.faults).to.deep.equal([]);
      const held = Privileges.heldBy(findings, "sequencer");
      expect(held.map(({ contract, signature }) => `${contract}.${signature}`)).to.deep.equal([
        "Inbox.post(bytes32,uint64,uint64,uint64,bytes)",
      ]);
    });

    it("are found in a contract that has an owner, in source, code, names and storage", () => {
      const { faults } = Privileges.enumerate([...contracts(), administered], FOREIGN);
      expect(faults).to.deep.equal([
        "Administered._logic is an address that can change",
        "Administered.setLogic is named like an administrator's function",
        "Administered.run(bytes) reaches a place without a reason: Administered.run: (success, ) = _logic.delegatecall(data)",
        "Administered.setLogic(address) reaches a place without a reason: Administered._isOwner: return msg.sender == _owner",
      ]);
    });

    it("do not outlive their reasons, nor reasons what they are for", () => {
      const others = contracts().filter(({ contractName }) => contractName !== "Inbox");
      const { faults } = Privileges.enumerate(others, FOREIGN);
      expect(faults).to.deep.equal([
        "a reason is written for a place that is gone: Inbox.post: msg.sender != SEQUENCER",
      ]);
    });

    it("cannot hide in code that no source was given for", () => {
      const [first, ...rest] = FOREIGN;
      const changed = { name: first?.name ?? "", code: "0x33ff" as Hex };
      const { faults } = Privileges.enumerate(contracts(), [changed, ...rest]);
      expect(faults).to.have.length(1);
      const inbox = contracts().find(({ contractName }) => contractName === "Inbox");
      if (inbox === undefined) throw new TypeError("there is an inbox");
      const patched = { ...inbox, deployedBytecode: `0x33ff${inbox.deployedBytecode.slice(2)}` };
      const others = contracts().filter((one) => one.contractName !== "Inbox");
      const found = Privileges.enumerate([patched as Syntax.Compiled, ...others], FOREIGN);
      expect(found.faults).to.deep.equal([
        "Inbox: the code can caller,selfdestruct, the source caller",
        "Inbox can selfdestruct",
      ]);
    });

    it("are told apart by whom they compare", () => {
      const inbox = contracts().find(({ contractName }) => contractName === "Inbox");
      if (inbox === undefined) throw new TypeError("there is an inbox");
      expect(CallerReads.entriesOf(inbox).map(({ reads }) => reads)).to.deep.equal([
        [{ power: "caller", place: "Inbox.post: msg.sender != SEQUENCER", isCompared: true }],
      ]);
    });
  });

  describe("code", () => {
    it("is searched where execution can come, and not in what it pushes or carries", () => {
      expect(Opcodes.powersIn("0x33")).to.deep.equal(["caller"]);
      expect(Opcodes.powersIn("0x6033")).to.deep.equal([]);
      expect(Opcodes.powersIn("0x00ff")).to.deep.equal([]);
      expect(Opcodes.powersIn("0x005bff")).to.deep.equal(["selfdestruct"]);
      expect(Opcodes.powersIn("0x32f4f25bf0f5")).to.deep.equal([
        ...["origin", "delegatecall", "callcode", "create", "create2"],
      ]);
    });

    it("is the same if it differs in immutables alone", () => {
      const places = { "1": [{ start: 1, length: 2 }] };
      expect(Opcodes.isSameCode("0x01aabb02", "0x01000002", places)).to.equal(true);
      expect(Opcodes.isSameCode("0x01aabb03", "0x01000002", places)).to.equal(false);
      expect(Opcodes.isSameCode("0x01aabb0200", "0x01000002", places)).to.equal(false);
    });
  });

  describe("compiler", () => {
    const [passer] = Syntax.compiledContracts().filter(
      ({ contractName }) => contractName === "MessagePasser",
    );

    it("reads the files behind a contract from the tree, and no others", () => {
      if (passer === undefined) throw new TypeError("there is a message passer");
      const { buildInfoId, inputSourceName } = passer;
      const files = Syntax.filesBehind(buildInfoId, [inputSourceName]);
      expect([...files].sort()).to.deep.equal([
        "project/contracts/l2/IMessagePasser.sol",
        "project/contracts/l2/MessagePasser.sol",
        "project/contracts/protocol/Withdrawal.sol",
      ]);
    });

    it("makes a contract's code anew, whatever else its build had read", async () => {
      const [fresh] = await Reproduction.start(["MessagePasser"]);
      if (passer === undefined || fresh === undefined) throw new TypeError("it was compiled");
      const { code, immutableReferences } = fresh;
      expect(Opcodes.isSameCode(passer.deployedBytecode, code, immutableReferences)).to.equal(true);
    });
  });

  describe("verdict", () => {
    const passed = Criteria.CRITERIA.map(({ number }) => Criteria.outcome(number, "a", "b", true));

    it("names the lowest stage that something is missing of", () => {
      expect(Criteria.failedStage(passed)).to.equal(undefined);
      expect(Criteria.failedStage(passed.slice(0, -1))).to.equal(2);
      const failed = Criteria.outcome(9, "a", "b", false);
      const others = passed.filter(({ number }) => number !== 9);
      expect(Criteria.failedStage([...others, failed])).to.equal(1);
      expect(Criteria.conclusion([...others, failed])).to.deep.equal([
        "17 pass, 0 do not apply, 0 left out, 1 fail: a criterion of stage 1 does not hold",
      ]);
    });

    it("has a line for each criterion, what was done about it, and what came of it", () => {
      const text = Criteria.table(passed.slice(1)).join("\n");
      expect(text.match(/^ ?\(\d+\)/gm)).to.have.length(18);
      expect(text).to.match(/\(1\) {2}stage 0 .* fail\n +done: nothing\n +fact: not reached\n/);
    });
  });

  it("passes on an L1 where every operator is killed", async () => {
    const { code, output } = await start(["--no-recompile"]).ended;
    expect(code, output.slice(-3_000)).to.equal(0);
    expect(output).to.match(/12 pass, 5 do not apply, 1 left out, 0 fail/);
    expect(output).to.match(/3 ether paid 7 d 12 h \d+ s after the deposit/);
    expect(output).to.match(
      /reverts with DepositOverdue; included in block \d+, 12 h \d s\s+after/,
    );
  });

  it("leaves no process behind at Ctrl-C", async () => {
    const running = start(["--no-recompile"]);
    await running.says("processes sequencer");
    running.interrupt();
    const { code, output } = await running.ended;
    expect(code, output).to.equal(130);
    const pids = [...output.matchAll(/(?:sequencer|proposer|watcher) (\d+)/g)].map(
      ([, pid]) => pid,
    );
    expect(pids).to.have.length(3);
    expect(pids.filter((pid) => isAlive(Number(pid)))).to.deep.equal([]);
  });

  it("refuses an unknown flag", () => {
    expect(() => StageOptions.parse(["--fast"])).to.throw(UsageError);
  });
});
