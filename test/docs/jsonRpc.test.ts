// docs/json-rpc.md names every method that a node answers, no other, and the limits as they are.
import { expect } from "chai";
import { readFileSync } from "node:fs";
import * as Budget from "../../src/node/rpc/budget.ts";
import * as Dispatch from "../../src/node/rpc/dispatch.ts";
import * as Logs from "../../src/node/rpc/logs.ts";
import * as Methods from "../../src/node/rpc/methods/methods.ts";
import * as Server from "../../src/node/rpc/server.ts";
import * as SimulationPlan from "../../src/node/rpc/simulationPlan.ts";
import * as Subscriptions from "../../src/node/rpc/subscriptions.ts";
import * as Database from "../../src/node/database.ts";
import * as DerivedChain from "../harness/derivedChain.ts";
import * as RpcBackend from "../harness/rpcBackend.ts";

describe("docs/json-rpc.md", () => {
  const text = readFileSync("docs/json-rpc.md", "utf8");
  const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";

  it("names every method, and no other", async () => {
    const { chain } = await DerivedChain.open([], []);
    const backend = RpcBackend.of(chain);
    const { methods } = Subscriptions.create(backend);
    const answered = Object.keys({ ...Methods.create(backend), ...methods }).sort();
    Database.close(chain.database);
    const rows = section("Methods").split("\n").filter((line) => line.startsWith("| "));
    const named = rows.flatMap((row) => [...row.matchAll(/`([a-z0-9]+_\w+)`/g)].map(([, name]) => name));
    expect(named.sort()).to.deep.equal(answered);
  });

  it("tells the limits as they are", () => {
    const limits = [
      `${Server.MAX_REQUEST_BYTES.toLocaleString("en")} bytes`,
      `${Dispatch.MAX_BATCH_REQUESTS.toLocaleString("en")} requests`,
      `${Dispatch.MAX_BATCH_MS / 1_000} seconds, ${Dispatch.MAX_BATCH_ANSWER_BYTES.toLocaleString("en")} bytes of answers`,
      `the work for one answer | ${Budget.MAX_ANSWER_MS / 1_000} seconds`,
      `${Logs.MAX_LOGS.toLocaleString("en")} in an answer`,
      `${Logs.MAX_BLOCKS_WITHOUT_ADDRESS.toLocaleString("en")} blocks where no address is named`,
      `a simulation | ${SimulationPlan.MAX_BLOCKS} blocks`,
      `of which ${Server.MAX_SOCKETS} are WebSockets`,
    ];
    for (const limit of limits) expect(section("Limits")).to.include(limit);
  });
});
