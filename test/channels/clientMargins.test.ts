// A policy whose margins do not add up is refused where a channel is opened or taken up.
import { expect } from "chai";
import * as Policy from "../../src/channels/client/policy.ts";
import { Party } from "../../src/hub/party.ts";
import * as Court from "./clientCourt.ts";
import { START } from "./hubRow.ts";
import * as World from "./clientWorld.ts";

const { limits } = World.POLICY;
const WINDOW = 600n;
/** As short as they may be, with a revealMargin of 300 s and a slack of 60 s. */
const LEAST = {
  ...World.POLICY,
  limits: { ...limits, minMargin: 360n, maxHold: 480n },
  crossMargin: 600n,
};

describe("client: margins", () => {
  const refused: readonly (readonly [string, Policy.Policy, bigint, boolean, object])[] = [
    [
      "a lock that is taken and leaves no time to show its secret",
      { ...LEAST, limits: { ...LEAST.limits, minMargin: 359n } },
      ...([WINDOW, false, { margin: "minMargin", minimum: 360n, actual: 359n }] as const),
    ],
    [
      "a longest hold that is below the least margin",
      { ...LEAST, limits: { ...LEAST.limits, maxHold: 479n } },
      ...([WINDOW, false, { margin: "maxHold", minimum: 480n, actual: 479n }] as const),
    ],
    [
      "a secret that cannot be carried from chain to chain",
      { ...LEAST, crossMargin: 599n },
      ...([WINDOW, false, { margin: "crossMargin", minimum: 600n, actual: 599n }] as const),
    ],
    [
      "a window in which no answer is sure to be included",
      { ...LEAST, crossMargin: 1_202n, revealMargin: 601n, limits: { ...limits, minMargin: 661n } },
      ...([WINDOW, false, { margin: "window", minimum: 601n, actual: 600n }] as const),
    ],
    [
      "a virtual channel whose end takes longer than any lock lasts",
      { ...LEAST, limits: { ...limits, maxHold: 2_159n } },
      ...([WINDOW, true, { margin: "maxHold", minimum: 2_160n, actual: 2_159n }] as const),
    ],
  ];
  for (const [what, policy, window, isVirtual, values] of refused) {
    it(`that do not add up are named: ${what}`, () => {
      expect(() => Policy.checkMargins(policy, window, isVirtual))
        .to.throw(Policy.MarginError)
        .that.includes(values);
    });
  }

  it("that just add up are taken", () => {
    Policy.checkMargins(LEAST, 300n, false);
    Policy.checkMargins({ ...LEAST, limits: { ...limits, maxHold: 2_160n } }, WINDOW, true);
  });

  it("are looked at where a channel is opened, and where one is taken up from disk", () => {
    const world = World.create(START);
    const [alice, bob] = [World.join(world, "Alice"), World.join(world, "Bob")];
    const { terms } = World.open(world, Court.create(1n, START), [alice, bob], [1n, 1n]);
    World.deliverAll(world);
    const party = new Party(alice.key, () => ({ ...LEAST, crossMargin: 0n }));
    expect(() => party.open(terms.court, terms.params)).to.throw(Policy.MarginError);
    expect(() => party.restore([...alice.durable.values()], world.ms)).to.throw(Policy.MarginError);
  });
});
