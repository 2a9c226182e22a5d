// What the tasks of npm make of what they are told.
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as AttackOptions from "../../scripts/attack/attackOptions.ts";
import * as ChallengeOptions from "../../scripts/challenge/challengeOptions.ts";
import * as ConformanceOptions from "../../scripts/conformance/conformanceOptions.ts";
import * as DataFolder from "../../scripts/devnet/dataFolder.ts";
import * as StartOptions from "../../scripts/devnet/options.ts";
import * as MutateOptions from "../../scripts/mutate/mutateOptions.ts";

describe("every task", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const names = Object.keys(scripts).filter((name) => name !== "postinstall");
  const launch = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["scripts/launch.mjs", ...words],
      { encoding: "utf8" },
    );
    return { status, stdout, stderr };
  };

  it("says what it does, and what each flag is for, and does nothing", () => {
    for (const name of names) {
      const { status, stdout, stderr } = launch(name, "--help");
      expect([status, stderr], name).to.deep.equal([0, ""]);
      const [first = "", ...flags] = stdout.trimEnd().split("\n");
      expect(first).to.match(new RegExp(`^npm (run )?${name}( -- \\[FLAGS\\])?: \\w`));
      for (const line of flags) expect(line).to.match(/^ {2}--[a-z0-9-]+( \S+)? +\S/);
    }
  });

  it("takes a value behind its flag or after an equals sign", () => {
    for (const words of [["--l1-url", "x=y"], ["--l1-url=x=y"]]) {
      const { status, stderr } = launch("node", ...words);
      expect(status, words.join(" ")).to.equal(2);
      expect(stderr).to.match(/^--l1-url: x=y is no URL; /);
    }
  });

  it("refuses a flag that it does not know, in one line", () => {
    for (const name of names) {
      const { status, stdout, stderr } = launch(name, "--no-such-flag");
      expect([status, stdout], name).to.deep.equal([2, ""]);
      expect(stderr).to.match(new RegExp(`^${name}: unknown argument "--no-such-flag": .+\n$`));
    }
  });
});

describe("npm start", () => {
  it("takes ports in decimal digits, and no empty names", () => {
    const { l1Port, l2Port, data } = StartOptions.parse([
      ...["--l1-port", "0", "--l2-port", "65535", "--data", "d"],
    ]);
    expect([l1Port, l2Port, data]).to.deep.equal([0, 65_535, "d"]);
    for (const words of [
      ...[
        ["--l1-port", "0x50"],
        ["--l1-port", "1e3"],
        ["--l2-port", "65536"],
        ["--l2-port", "-1"],
      ],
      ...[["--l1-port", ""], ["--data", ""], ["--data"], ["--deployment", "--demo"]],
      ...[["--demo", "other"], ["other"]],
    ])
      expect(() => StartOptions.parse(words), words.join(" ")).to.throw(StartOptions.UsageError);
  });
});

describe("npm run challenge", () => {
  it("takes 1 to 32 rivals, in decimal digits", () => {
    expect(ChallengeOptions.parse(["--rivals", "32"]).rivals).to.equal(32);
    for (const given of ["0", "33", "1e1", "0x2", "-1", ""]) {
      expect(() => ChallengeOptions.parse(["--rivals", given]), given).to.throw(
        StartOptions.UsageError,
      );
    }
  });
});

describe("--data", () => {
  it("makes the folder with those above it, and takes one that is there", () => {
    const top = mkdtempSync(join(tmpdir(), "tribunal-"));
    const folder = join(top, "a", "b");
    DataFolder.make(folder);
    DataFolder.make(folder);
    expect(existsSync(folder)).to.equal(true);
    rmSync(top, { recursive: true });
  });

  it("refuses a place where no folder can be made, and does not try for ever", () => {
    const top = mkdtempSync(join(tmpdir(), "tribunal-"));
    const file = join(top, "file");
    writeFileSync(file, "");
    const places = [join(file, "data"), ...(process.platform === "linux" ? ["/proc/x/y"] : [])];
    for (const folder of places) {
      expect(() => DataFolder.make(folder))
        .to.throw(DataFolder.UnusableError)
        .that.includes({ folder });
    }
    rmSync(top, { recursive: true });
  });
});

describe("npm run attack", () => {
  it("makes the campaigns that docs/soundness.md counts, if it is told of none", () => {
    const { isWhole, mutations, states, differential, families } = AttackOptions.parse([]);
    expect([isWhole, mutations, states, differential]).to.deep.equal([
      true,
      100_000,
      12_000,
      30_000,
    ]);
    expect(families).to.have.length(11);
    // Of one family it is a part, which is not written down.
    const part = AttackOptions.parse(["--family", "Call"]);
    expect([part.isWhole, part.mutations, part.families]).to.deep.equal([false, 100_000, [5]]);
  });

  it("makes no others than those that it is told of", () => {
    const { families, fixtures, ...others } = AttackOptions.parse([
      ...["--states", "7", "--seed", "3"],
    ]);
    const counts = { mutations: 0, structured: 0, states: 7, differential: 0 };
    expect(others).to.deep.equal({ isWhole: false, seed: 3, ...counts });
    expect([families.length, fixtures === ""]).to.deep.equal([11, false]);
  });

  it("refuses what it cannot make", () => {
    for (const words of [
      ["--mutations", "x"],
      ["--mutations", "-1"],
      ["--mutations", "0"],
      ["--structured", "-1"],
      ["--family", "Nope"],
      ["--seed"],
      ["--fast"],
      ["7"],
    ])
      expect(() => AttackOptions.parse(words), words.join(" ")).to.throw(StartOptions.UsageError);
  });
});

describe("npm run conformance", () => {
  const here = ["--fixtures", "."];

  it("takes all vectors of Cancun, in TypeScript alone, unless it is told otherwise", () => {
    expect(ConformanceOptions.parse(here)).to.deep.equal({
      ...{ fixtures: ".", fork: "Cancun", filter: "", shard: 1, shards: 1 },
      ...{ isOnChain: false, every: 1_000, allSteps: false, resume: undefined },
    });
    const words = "--fork Osaka --filter st --shard 2/3 --onchain --every 0 --steps all --resume r";
    expect(ConformanceOptions.parse([...here, ...words.split(" ")])).to.deep.equal({
      ...{ fixtures: ".", fork: "Osaka", filter: "st", shard: 2, shards: 3 },
      ...{ isOnChain: true, every: 0, allSteps: true, resume: "r" },
    });
  });

  it("refuses a folder that is not there, and what it cannot read", () => {
    for (const words of [
      ["--fixtures", "no/such/folder"],
      [...here, "--fork", "Paris"],
      [...here, "--shard", "3/2"],
      [...here, "--shard", "0/2"],
      [...here, "--every", "some"],
      [...here, "--steps", "some"],
      [...here, "--resume"],
      [...here, "stExample"],
    ])
      expect(() => ConformanceOptions.parse(words), words.join(" ")).to.throw(
        StartOptions.UsageError,
      );
  });
});

describe("npm run mutate", () => {
  it("takes the router and every prover, unless it is told of one", () => {
    const { contracts, count, seed } = MutateOptions.parse([]);
    expect([contracts.length, contracts[0], count, seed]).to.deep.equal([12, "OneStep", 150, 2026]);
    const words = "--contract Call --count 7 --seed 3";
    expect(MutateOptions.parse(words.split(" "))).to.deep.equal({
      ...{ contracts: ["Call"], count: 7, seed: 3 },
    });
  });

  it("refuses what it cannot make", () => {
    for (const words of [["--contract", "Nope"], ["--count", "-1"], ["--seed"], ["Call"]])
      expect(() => MutateOptions.parse(words), words.join(" ")).to.throw(StartOptions.UsageError);
  });
});
