// `npm run challenge`: what it can be told, how the bracket is drawn, and one dispute as a user runs it.
import { expect } from "chai";
import * as ChallengeOptions from "../../scripts/challenge/challengeOptions.ts";
import type { Branch } from "../../scripts/challenge/bracket.ts";
import * as Drawing from "../../scripts/challenge/drawing.ts";
import * as Voice from "../../scripts/challenge/voice.ts";
import { UsageError } from "../../scripts/devnet/options.ts";
import { launch } from "../harness/scriptProcess.ts";

const FRAME = { now: 0n, timeout: 7n * 86_400n, blockHeight: 3, stepHeight: 4 };

const truth: Branch = {
  ...{ name: "watcher", claim: "0x01020304", state: "claimed", halvings: 0, question: "" },
  ...{ clock: 3_660n, locked: 6n * 10n ** 18n },
};
const rival: Branch = {
  ...truth,
  ...{ name: "liar 1", state: "steps", halvings: 5, question: "block 2, steps 4 to 7" },
};

type Line = {
  readonly kind: string;
  readonly holds?: boolean;
  readonly branches?: readonly { readonly state: string; readonly halvings: number }[];
};

/** Runs the script to its end. */
const run = (words: readonly string[]) => launch(["scripts/challenge.ts", ...words]).ended;

describe("npm run challenge", function () {
  this.timeout(240_000);

  describe("options", () => {
    it("are three rivals who lie about opcodes unless it is told otherwise", () => {
      const expected = { rivals: 3, strategy: "opcode", json: false };
      expect(ChallengeOptions.parse([])).to.deep.equal(expected);
      const words = ["--json", "--rivals", "7", "--strategy", "last-step"];
      const told = { rivals: 7, strategy: "last-step", json: true };
      expect(ChallengeOptions.parse(words)).to.deep.equal(told);
    });

    for (const words of [
      ["--rivals", "0"],
      ["--rivals", "33"],
      ["--rivals", "1.5"],
      ["--rivals"],
      ["--strategy", "hope"],
      ["--fast"],
    ]) {
      it(`refuse ${words.join(" ")}`, () => {
        expect(() => ChallengeOptions.parse(words)).to.throw(UsageError);
      });
    }
  });

  describe("bracket", () => {
    const draw = (...branches: Branch[]) => Drawing.lines({ ...FRAME, branches });

    it("shows the truth's clock and bonds", () => {
      const expected = "watcher  0x01020304 claimed    clock 1 h 1 min of 7 d 0 min, bonds 6 ETH";
      expect(draw(truth, rival)[0]?.trim()).to.equal(expected);
    });

    it("shows how far the search has come in blocks and in steps", () => {
      expect(draw(truth, rival).at(-1)).to.include("└━━━╋━━┄┄● liar 1");
      const early = { ...rival, state: "blocks", halvings: 2 } as const;
      expect(draw(truth, early, rival)[2]).to.include("├━━┄┊┄┄┄┄○ liar 1");
    });

    it("says that a proven clock stands for ever", () => {
      expect(draw({ ...truth, clock: null })[0]).to.include("clock for ever");
    });

    it("is drawn over itself in a terminal alone", () => {
      for (const isTerminal of [true, false]) {
        let output = "";
        const print = (text: string) => void (output += text);
        const voice = Voice.forPeople({ isTerminal, print });
        for (let round = 0; round < 2; round++) {
          voice.draw({ ...FRAME, branches: [truth, rival] });
        }
        expect(output.includes("\u001b[")).to.equal(isTerminal);
        expect(output.split("liar 1").length - 1).to.equal(isTerminal ? 2 : 1);
      }
    });
  });

  it("plays two lies told in padding down to their steps, for machines to read", async () => {
    const words = ["--rivals", "2", "--strategy", "padding", "--json"];
    const { code, output } = await run(words);
    expect(code, output).to.equal(0);
    const lines = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(lines.at(0)?.kind).to.equal("start");
    expect(lines.at(-1)).to.include({ kind: "verdict", holds: true });
    const last = lines.findLast(({ kind }) => kind === "bracket");
    const states = last?.branches?.map(({ state }) => state);
    expect(states).to.deep.equal(["confirmed", "disproved", "disproved"]);
    expect(last?.branches?.map(({ halvings }) => halvings)).to.deep.equal([0, 42, 42]);
  });

  it("ends with 2 and one line when it is told what it does not know", async () => {
    const { code, output } = await run(["--strategy", "hope"]);
    expect(code).to.equal(2);
    expect(output.trim().split("\n")).to.have.length(1);
  });
});
