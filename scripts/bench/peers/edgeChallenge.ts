// BoLD's edge challenge: two assertions part at a block, a big step of it and a step of that, and the true one's is confirmed.
import { assert } from "../../../src/primitives/assert.ts";
import * as Edges from "./edges.ts";
import { HEIGHTS, type Side } from "./edges.ts";
import * as History from "./history.ts";
import type { Files } from "./peerPackage.ts";
import { type Cost, cost, type Stage } from "./stage.ts";

/** What a side says of a level, and its edge in which the first difference lies. */
type Front = {
  readonly side: Side;
  readonly history: History.History;
  readonly id: string;
  readonly start: number;
  readonly end: number;
};

type Fronts = readonly [Front, Front];

/** An edge that was halved, and the half of it that has no rival. */
type Halved = { readonly id: string; readonly quiet: string };

/** What became of a level: the true edge over all of it, the halves on the way down, and where the way ends. */
type Level = { readonly top: Front; readonly halved: readonly Halved[]; readonly fronts: Fronts };

/** The moves of whoever has the true assertion, in order. It moves first, and so pays for both halves; the rival's are not counted. */
export async function measure(stage: Stage, files: Files): Promise<Cost[]> {
  const manager = await Edges.deployManager(stage, files);
  const costs: Cost[] = [];
  const levels: Level[] = [];
  let before = manager.start;
  for (const [level, height] of HEIGHTS.entries()) {
    const common = Edges.word(`before the lie of level ${level}`);
    // Half of its bits are set: the way down turns at each height.
    const split = Math.floor((2 * height) / 3);
    const tops: Front[] = [];
    for (const [index, side] of manager.sides.entries()) {
      const history = History.fromRuns([
        { from: 0, state: before },
        { from: 1, state: common },
        { from: split, state: side.end },
      ]);
      const claimed = levels.at(-1)?.fronts[index];
      tops.push(await open(side, level, history, claimed, costs));
    }
    levels.push(await descend(pairOf(tops), split, costs));
    before = common;
  }
  const last = levels.at(-1);
  assert(last !== undefined, "there are three levels");
  await manager.prove(manager.sides[0].end);
  costs.push(await prove(last.fronts[0]));
  await stage.provider.request({
    method: "hardhat_mine",
    params: [`0x${Edges.PERIOD_BLOCKS.toString(16)}`],
  });
  costs.push(...(await update(levels)), await confirm(levels));
  return costs;
}

async function open(
  side: Side,
  level: number,
  history: History.History,
  claimed: Front | undefined,
  costs: Cost[],
): Promise<Front> {
  const create = side.game.getFunction("createLayerZeroEdge");
  const words =
    claimed === undefined
      ? Edges.blockEdge(side, history)
      : Edges.stepEdge(level, history, claimed);
  const id: string = await create.staticCall(words);
  await keep(costs, side, "createLayerZeroEdge", create.send(words));
  return { side, history, id, start: 0, end: HEIGHTS[level] ?? 0 };
}

async function descend(tops: Fronts, split: number, costs: Cost[]): Promise<Level> {
  const halved: Halved[] = [];
  let fronts = tops;
  while (fronts[0].end - fronts[0].start > 1) {
    const { id, start, end } = fronts[0];
    const middle = History.middle(start, end);
    const isLower = split <= middle;
    const next: Front[] = [];
    for (const front of fronts) {
      const bisect = front.side.game.getFunction("bisectEdge");
      const root = History.root(front.history, middle);
      const words = [front.id, root, Edges.prefix(front.history, middle, end)];
      const [lower, upper]: string[] = await bisect.staticCall(...words);
      await keep(costs, front.side, "bisectEdge", bisect.send(...words));
      assert(lower !== undefined && upper !== undefined, "an edge has two halves");
      if (next.length === 0) halved.push({ id, quiet: isLower ? upper : lower });
      const half = isLower ? { id: lower, start, end: middle } : { id: upper, start: middle, end };
      next.push({ ...front, ...half });
    }
    fronts = pairOf(next);
  }
  return { top: tops[0], halved, fronts };
}

async function prove({ side, history, id, end }: Front): Promise<Cost> {
  const config = [Edges.word("program"), 1n, side.game.target, 1n, 1n];
  const proofs = [History.lastProof(history, end - 1), History.lastProof(history, end)];
  const step = [history.stateAt(end - 1), "0x"];
  const entry = side.game.getFunction("confirmEdgeByOneStepProof");
  return cost("confirmEdgeByOneStepProof", entry.send(id, step, config, ...proofs));
}

// From the step upwards: at each height the half without a rival, then the edge above both.
async function update(levels: readonly Level[]): Promise<Cost[]> {
  const costs: Cost[] = [];
  const most = 2n ** 64n - 1n;
  let below: Front | undefined;
  for (const { top, halved, fronts } of levels.toReversed()) {
    const { game } = top.side;
    if (below !== undefined) {
      const claim = game.getFunction("updateTimerCacheByClaim");
      const sent = claim.send(fronts[0].id, below.id, most);
      costs.push(await cost("updateTimerCacheByClaim", sent));
    }
    const ids = halved.toReversed().flatMap(({ id, quiet }) => [quiet, id]);
    const sent = game.getFunction("multiUpdateTimeCacheByChildren").send(ids, most);
    costs.push(await cost("multiUpdateTimeCacheByChildren", sent));
    below = top;
  }
  return costs;
}

async function confirm([blocks]: readonly Level[]): Promise<Cost> {
  assert(blocks !== undefined, "there are three levels");
  const { side, history, id } = blocks.top;
  const entry = side.game.getFunction("confirmEdgeByTime");
  return cost("confirmEdgeByTime", entry.send(id, Edges.recordOf(side, history)));
}

async function keep(
  costs: Cost[],
  side: Side,
  act: string,
  sent: Parameters<typeof cost>[1],
): Promise<void> {
  const made = await cost(act, sent);
  if (side.name === "true") costs.push(made);
}

function pairOf([honest, liar]: readonly Front[]): Fronts {
  assert(honest !== undefined && liar !== undefined, "both sides stand in each level");
  return [honest, liar];
}
