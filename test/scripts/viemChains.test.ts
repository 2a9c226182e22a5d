// What `npm start` prints for a user's own program is what this project's programs use.
import { spawnSync } from "node:child_process";
import { expect } from "chai";
import * as ViemChains from "../../scripts/devnet/viemChains.ts";
import * as Chain from "../../src/l1/chain.ts";

const at = (digit: string) => `0x${digit.repeat(40)}` as const;
const CONTRACTS = {
  inbox: at("1"),
  portal: at("2"),
  disputeGame: at("3"),
  gameRegistry: at("4"),
  standardBridge: at("5"),
};

describe("the chains that npm start prints", () => {
  it("run as they stand, and are those of the wallet", () => {
    const l1 = Chain.defineL1({ id: 31_337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
    const fields = { id: 42_069, name: "L2", rpcUrl: "http://127.0.0.1:9545" };
    const l2 = Chain.defineL2(fields, l1, CONTRACTS);
    const program = `${ViemChains.text(l1, l2)}\nconsole.log(JSON.stringify([l1, l2]));`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", program],
      { encoding: "utf8" },
    );
    expect(stderr).to.equal("");
    expect(JSON.parse(stdout)).to.deep.equal(JSON.parse(JSON.stringify([l1, l2])));
  });
});
