// `npm start` as a user runs it: a process of its own, its output and its exit code.
import { expect } from "chai";
import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ANY_PORTS = ["--l1-port", "0", "--l2-port", "0"];

type Ended = { readonly code: number | null; readonly output: string };

/** Runs the script; `interruptAt` is the text in its output at which Ctrl-C is pressed. */
function start(words: readonly string[], interruptAt?: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
    const child = spawn(process.execPath, [...flags, "scripts/start.ts", ...words], { cwd: ROOT });
    let output = "";
    let isInterrupted = false;
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (interruptAt === undefined || isInterrupted || !output.includes(interruptAt)) return;
      isInterrupted = true;
      child.kill("SIGINT");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

describe("npm start", function () {
  this.timeout(180_000);

  it("tells the whole story and has checked each statement", async () => {
    const { code, output } = await start(["--demo", ...ANY_PORTS]);
    expect(code, output.slice(-2_000)).to.equal(0);
    expect(output).to.match(/watcher: proves step \d+ of block \d+: MUL/);
    expect(output).to.match(/✓ the lie never confirms/);
    expect(output.trimEnd().split("\n").at(-1)).to.match(/^\d+ statements, all checked$/);
  });

  it("shows what a user needs and stops at Ctrl-C", async () => {
    const { code, output } = await start(ANY_PORTS, "Ctrl-C stops everything");
    expect(code, output.slice(-2_000)).to.equal(0);
    expect(output).to.match(/first L2 receipt/);
    expect(output).to.match(/defineChain/);
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

  const mistakes: [string, string[]][] = [
    ["an unknown flag", ["--demonstrate"]],
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
