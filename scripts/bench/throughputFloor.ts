// What no server on node:http can go below: one that answers the same bytes to every request, asked by the same client.
import { assert } from "../../src/primitives/assert.ts";
import * as Engine from "./engine.ts";
import { count, table } from "./table.ts";
import * as ThroughputLoad from "./throughputLoad.ts";

/** Of one mode: transfers answered in a second, and microseconds of processor time for each. */
export type Floor = {
  readonly mode: ThroughputLoad.Mode;
  readonly perSecond: number;
  readonly serverCpu: number;
  readonly clientCpu: number;
};

/** Sends each load twice to such a server and measures the second time, when it is compiled; none where the system tells no time. */
export async function measure(loads: readonly ThroughputLoad.Load[]): Promise<Floor[]> {
  const engine = await Engine.plainHttp();
  try {
    if (engine.cpuSeconds() === undefined) return [];
    const floors: Floor[] = [];
    for (const load of loads) {
      await ThroughputLoad.sendAll(engine.url, load);
      floors.push(await run(engine, load));
    }
    return floors;
  } finally {
    await engine.stop();
  }
}

export function tableOf(floors: readonly Floor[]): string {
  return table(
    ["node:http that answers at once", "answered", "its processor time for each", "of the client"],
    floors.map(({ mode, perSecond, serverCpu, clientCpu }) => [
      ...[mode.name, `${count(perSecond)}/s`],
      ...[`${serverCpu.toFixed(1)} us`, `${clientCpu.toFixed(1)} us`],
    ]),
  );
}

async function run({ url, cpuSeconds }: Engine.Engine, load: ThroughputLoad.Load): Promise<Floor> {
  const before = cpuSeconds();
  const started = performance.now();
  const clientCpu = await ThroughputLoad.sendAll(url, load);
  const seconds = (performance.now() - started) / 1_000;
  const after = cpuSeconds();
  assert(before !== undefined && after !== undefined, "the system tells processor time");
  const { length } = load.transactions;
  const serverCpu = ((after - before) * 1e6) / length;
  return { mode: load.mode, perSecond: length / seconds, serverCpu, clientCpu };
}
