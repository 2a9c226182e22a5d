// Whose channel a client opens: one between two, of whom it is one.
import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Court from "./clientCourt.ts";
import { START } from "./hubRow.ts";
import * as World from "./clientWorld.ts";

describe("client: the sides of a channel", () => {
  const world = World.create(START);
  const ends = [World.join(world, "Alice"), World.join(world, "Bob")] as const;
  const { court, params } = World.open(world, Court.create(1n, START), ends, [1n, 1n]).terms;
  const create = (changes: Partial<typeof params>, me = params.a) =>
    Channel.create(court, { ...params, ...changes }, me, World.POLICY);

  it("are two who own it", () => {
    expect(() => create({ b: params.a })).to.throw(Channel.SidesNotDistinctError);
  });

  it("are two who sign", () => {
    expect(() => create({ keyB: params.a })).to.throw(Channel.SidesNotDistinctError);
  });

  it("have the client's key among them", () => {
    const stranger = Signature.addressOf(new Uint8Array(32).fill(9));
    expect(() => create({}, stranger))
      .to.throw(Channel.NotAPartyError)
      .that.includes({ key: stranger });
  });
});
