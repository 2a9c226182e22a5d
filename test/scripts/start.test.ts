// `npm start` as a user runs it: a process of its own, its output and its exit code.
import { expect } from "chai";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killAll, launch, type Ended } from "../harness/scriptProcess.ts";

const ANY_PORTS = ["--l1-port", "0", "--l2-port", "0"];

async function start(words: readonly string[], interruptAt?: string): Promise<Ended> {
  const running = launch(["scripts/start.ts", ...words]);
  if (interruptAt !== undefined) {
    await running.says(interruptAt);
    running.interrupt();
  }
  return running.ended;
}

async function hashOfBlockOne(url: string): Promise<string> {
  const params = ["0x1", false];
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params });
  const response = await fetch(url, { method: "POST", body });
  const { result } = (await response.json()) as { result: { hash: string } };
  return result.hash;
}

describe("npm start", function () {
  this.timeout(180_000);
  // A test that fails leaves nothing running behind it.
  afterEach(killAll);

  it("tells the whole story and has checked each statement", async () => {
    const { code, output } = await start(["--demo", ...ANY_PORTS]);
    expect(code, output.slice(-2_000)).to.equal(0);
    expect(output).to.match(/watcher: proves step \d+ of block \d+: MUL/);
    expect(output).to.match(/✓ the lie never confirms/);
    expect(output.trimEnd().split("\n").at(-1)).to.match(/^\d+ statements, all checked$/);
  });

  it("tells of a thousand payments, a virtual channel, a game and a tower, and has checked each statement", async () => {
    const { code, output } = await start(["--demo", "channels", ...ANY_PORTS]);
    expect(code, output.slice(-2_000)).to.equal(0);
    expect(output).to.match(/✓ 1000 payments arrived, each with a receipt/);
    expect(output).to.match(/✓ the tower answered with version \d+ while Bob was away/);
    expect(output).to.match(/✓ both ended it: the hub got from her what it paid Mallory/);
    expect(output).to.match(/✓ her next move is on chain/);
    expect(output.trimEnd().split("\n").at(-1)).to.match(/^18 statements, all checked$/);
  });

  it("shows what a user needs, stops at Ctrl-C, and leaves no file behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    const running = launch(["scripts/start.ts", ...ANY_PORTS], { TMPDIR: folder });
    await running.says("Ctrl-C stops everything");
    const [data = ""] = readdirSync(folder).filter((name) => name.startsWith("tribunal-data-"));
    const databases = ["proposer.sqlite", "sequencer.sqlite", "watcher.sqlite"];
    expect(readdirSync(join(folder, data))).to.include.members(databases);
    running.interrupt();
    const { code, output } = await running.ended;
    expect(code, output.slice(-2_000)).to.equal(0);
    expect(readdirSync(folder).filter((name) => name.startsWith("tribunal-"))).to.deep.equal([]);
    rmSync(folder, { recursive: true });
    expect(output).to.match(/first L2 receipt/);
    expect(output).to.match(/defineChain/);
  });

  it("stops at Ctrl-C before everything stands, and leaves no L1 behind", async () => {
    const running = launch(["scripts/start.ts", ...ANY_PORTS]);
    await running.says("first L2 receipt");
    const l1Url = /L1 \(Hardhat\) answers on (http:\S+),/.exec(running.output())?.[1] ?? "";
    running.interrupt();
    const { code, output } = await running.ended;
    expect(code, output.slice(-2_000)).to.equal(0);
    const refused: unknown = await hashOfBlockOne(l1Url).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TypeError);
    expect(output).not.to.match(/defineChain/);
  });

  it("gives up when its L1 ends, and says so", async function () {
    if (process.platform !== "linux") return this.skip();
    const running = launch(["scripts/start.ts", ...ANY_PORTS]);
    await running.says("first L2 receipt");
    const children = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, "utf8");
    const [l1] = children.trim().split(" ").map(Number);
    if (l1 === undefined) throw new TypeError("the L1 is a child process");
    process.kill(l1, "SIGKILL");
    const { code, output } = await running.ended;
    expect(code, output.slice(-2_000)).to.equal(1);
    expect(output).to.match(/the L1 has ended by itself/);
  });

  it("writes a deployment from which another node derives the same chain out of L1 alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    const file = join(folder, "deployment.json");
    const first = launch(["scripts/start.ts", ...ANY_PORTS, "--deployment", file]);
    await Promise.all([first.says("batch 1 posted"), first.says("Ctrl-C stops everything")]);
    const l1Url = /L1 (http:\S+)/.exec(first.output())?.[1] ?? "";
    const l2Url = /L2 (http:\S+)/.exec(first.output())?.[1] ?? "";
    const words = ["--l1-url", l1Url, "--deployment", file, "--port", "0"];
    const second = launch(["scripts/node.ts", ...words]);
    await second.says("JSON-RPC on");
    const url = /JSON-RPC on (http:\S+)/.exec(second.output())?.[1] ?? "";
    expect(await hashOfBlockOne(url)).to.equal(await hashOfBlockOne(l2Url));
    for (const running of [second, first]) {
      running.interrupt();
      expect((await running.ended).code).to.equal(0);
    }
    rmSync(folder, { recursive: true });
  });

  it("names a port that is taken in one line", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, output } = await start(["--l1-port", String(port)]);
    taken.close();
    expect(code).to.equal(1);
    expect(output.trim()).to.equal(
      `port ${port} on 127.0.0.1 is already in use: stop what listens there, or choose another`,
    );
  });

  it("does not take up the data of an L1 that is gone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    writeFileSync(join(folder, "sequencer.sqlite"), "");
    const { code, output } = await start([...ANY_PORTS, "--data", folder]);
    rmSync(folder, { recursive: true });
    expect(code).to.equal(1);
    expect(output.trim()).to.equal(
      `${folder} holds the data of another start, which had an L1 of its own: choose a new folder`,
    );
  });

  const mistakes: [string, string[]][] = [
    ["an unknown flag", ["--demonstrate"]],
    ["an unknown story", ["--demo", "bridges"]],
    ["a port that is none", ["--l1-port", "many"]],
    ["a flag without its value", ["--data"]],
  ];
  for (const [what, words] of mistakes) {
    it(`refuses ${what} in one line`, async () => {
      const { code, output } = await start(words);
      expect(code).to.equal(2);
      expect(output.trim().split("\n")).to.have.length(1);
      expect(output).to.match(/usage: npm start/);
    });
  }
});
