// `npm run node` and the files it depends on, when they are not what they should be: one line, an exit code, nothing broken.
import { expect } from "chai";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as DeploymentFile from "../../scripts/deployment/deploymentFile.ts";
import { DEVELOPMENT } from "../../scripts/deployment/parameters.ts";
import { inOneLine } from "../../scripts/devnet/inOneLine.ts";
import * as Database from "../../src/node/database.ts";
import { FLAGS, killAll, launch, launchShell } from "../harness/scriptProcess.ts";

const SOMEBODY = `0x${"5e".repeat(20)}` as const;
/** Blocks of 512 bytes, as the shell counts them. */
const DISK_BLOCKS = 400;

const DEPLOYED = {
  ...{ parameters: DEVELOPMENT, sequencer: SOMEBODY, firstL1Block: 1n, inbox: SOMEBODY },
  ...{ portal: SOMEBODY, l1StandardBridge: SOMEBODY, disputeGame: SOMEBODY },
  ...{ gameRegistry: SOMEBODY, stepProver: SOMEBODY, provers: [SOMEBODY] },
  genesis: {
    timestamp: 7n,
    accounts: [
      {
        ...{ address: 1n, nonce: 1n, balance: 0n, code: new Uint8Array([0]) },
        storage: [{ slot: 0n, value: 1n }],
      },
    ],
  },
};

describe("npm run node", function () {
  this.timeout(120_000);
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tribunal-"));
    file = join(folder, "deployment.json");
    DeploymentFile.write(file, DEPLOYED);
  });
  afterEach(killAll);
  after(() => rmSync(folder, { recursive: true }));

  const start = (...words: string[]) => launch(["scripts/node.ts", ...words]);
  const startAt = (url: string) => start("--l1-url", url, "--deployment", file, "--port", "0");

  it("says in one line that there is no such deployment", async () => {
    const missing = join(folder, "missing.json");
    const { ended } = start("--l1-url", "http://127.0.0.1:1", "--deployment", missing);
    const { code, output } = await ended;
    expect(code).to.equal(1);
    expect(output).to.match(/^cannot read the deployment: ENOENT.*missing\.json'\n$/);
  });

  it("waits for an L1 that is not there yet, says so, and stops at once at Ctrl-C", async () => {
    const running = startAt("http://127.0.0.1:1");
    await running.says("trying again in 0.5 s");
    running.interrupt();
    const { code, output } = await running.ended;
    expect(code, output).to.equal(0);
    expect(output).to.match(/^reach L1: L1 did not answer \(.*\); trying again in 0.25 s\n/);
  });

  it("says in one line that this is another L1", async () => {
    const server = createServer((socket) =>
      socket.on("data", (data) => {
        const result = data.toString().includes("eth_chainId") ? "0x1" : "0x";
        const body = `{"jsonrpc":"2.0","id":1,"result":"${result}"}`;
        const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        socket.end(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { code, output } = await startAt(`http://127.0.0.1:${port}`).ended;
    server.close();
    expect(code).to.equal(1);
    expect(output).to.equal(
      `the inbox ${SOMEBODY} of this deployment does not stand on L1 with chain id 1\n`,
    );
  });

  describe("the deployment's file", () => {
    it("is read back as it was written, and leaves nothing else behind", () => {
      expect(DeploymentFile.read(file)).to.deep.include(DEPLOYED);
      expect(readdirSync(folder)).to.deep.equal(["deployment.json"]);
    });

    it("is refused whatever part of it is missing or something else", () => {
      const whole = readFileSync(file, "utf8");
      const broken = join(folder, "broken.json");
      const texts = [
        ...["", "{", "null", "7", "[]", whole.slice(0, -10), whole.replace("0x00", "0xzz")],
        ...Object.keys(DEPLOYED).map((key) => whole.replace(`"${key}"`, `"_${key}"`)),
        ...["nonce", "balance", "slot", "value", "timestamp", "timeout", "code", "accounts"].map(
          (key) => whole.replace(`"${key}"`, `"_${key}"`),
        ),
      ];
      for (const text of texts) {
        writeFileSync(broken, text);
        expect(() => DeploymentFile.read(broken), text.slice(0, 80))
          .to.throw(DeploymentFile.NotADeploymentError)
          .that.includes({ path: broken });
      }
      rmSync(broken);
    });

    it("is not there at all if it cannot be written whole", () => {
      const path = join(folder, "folder.json");
      mkdirSync(join(path, "occupied"), { recursive: true });
      expect(() => DeploymentFile.write(path, DEPLOYED)).to.throw(DeploymentFile.NotWrittenError);
      expect(() => DeploymentFile.read(path)).to.throw(DeploymentFile.UnreadableError);
      expect(readdirSync(folder).sort()).to.deep.equal(["deployment.json", "folder.json"]);
      rmSync(path, { recursive: true });
    });
  });

  describe("the database", () => {
    it("is refused by name where its folder cannot be", () => {
      const path = join(file, "chain.sqlite");
      expect(() => Database.open(path))
        .to.throw(Database.UnusableDatabaseError, path)
        .that.includes({ path });
    });

    it("is refused by name if it is something else, which is left alone", () => {
      const path = join(folder, "other.sqlite");
      const text = "not a database, but somebody's diary\n".repeat(100);
      writeFileSync(path, text);
      expect(() => Database.open(path)).to.throw(Database.UnusableDatabaseError, path);
      expect(readFileSync(path, "utf8")).to.equal(text);
      rmSync(path);
    });

    it("writes a transaction whole or not at all on a full disk, and goes on when there is room", async () => {
      const path = join(folder, "full.sqlite");
      const script = `
        import * as Database from "./src/node/database.ts";
        const database = Database.open(${JSON.stringify(path)});
        for (let row = 0; ; row++) {
          try {
            Database.atomically(database, () => {
              Database.putMeta(database, "first " + row, new Uint8Array(8_000));
              Database.putMeta(database, "second " + row, new Uint8Array(8_000));
            });
          } catch (error) {
            Database.atomically(database, () => undefined);
            console.log(error.name + " " + row + " " + error.message);
            break;
          }
        }`;
      const program = ["--input-type=module-typescript", ...FLAGS, "-e", '"$0"'].join(" ");
      const limited = `trap "" XFSZ; ulimit -f ${DISK_BLOCKS}; exec "$1" ${program}`;
      const { output } = await launchShell(limited, [script, process.execPath]).ended;
      const [, rows = ""] =
        /^Database\.WriteFailedError (\d+) cannot write the database, and nothing was written: /.exec(
          output,
        ) ?? [];
      expect(Number(rows), output).to.be.above(0);

      const database = Database.open(path);
      const holds = (name: string) => Database.meta(database, `${name} ${rows}`) !== undefined;
      expect(Database.meta(database, `second ${Number(rows) - 1}`)).to.have.length(8_000);
      expect([holds("first"), holds("second")]).to.deep.equal([false, false]);
      Database.close(database);
    });
  });

  it("prints a failure that has a name of ours in one line, and any other whole", () => {
    const named = new Database.DatabaseInUseError("a.sqlite");
    expect(inOneLine(named)).to.equal("the database a.sqlite is in use by another process");
    const other = new TypeError("a mistake in the program");
    expect(inOneLine(other)).to.equal(other);
  });
});
