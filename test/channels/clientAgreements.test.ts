// To which games a party has agreed, until one begins. What was told to the peer it may have acted on.
import { expect } from "chai";
import * as Play from "../../src/channels/client/play.ts";
import { Rejected } from "../../src/channels/client/rejected.ts";
import * as Court from "./clientCourt.ts";
import * as Game from "./clientGame.ts";
import * as Table from "./clientTable.ts";
import * as World from "./clientWorld.ts";

describe("client: agreements to a game", () => {
  for (const isRestarted of [false, true]) {
    const when = isRestarted ? ", also after a restart" : "";
    it(`hold for one that was proposed before another was agreed to${when}, and none once it begins`, () => {
      const one = Table.table();
      const { world, alice, bob, link } = one;
      Game.agree(one, 7);
      World.deliverAll(world);
      Game.install(one, 7);
      // Alice takes the last stone of the first game: Bob has paid the stake by then.
      const other = Game.start(8, { base: -Game.STAKE });
      bob.party.agree(link.terms.id, other);
      World.settle(world, bob);
      if (isRestarted) {
        World.stop(world, bob);
        World.start(world, bob);
        World.connect(world, link);
      }
      World.deliverAll(world);
      expect(Game.gameOf(alice, link)?.stones).to.equal(7);
      expect(Game.channelOf(bob, link).agreed, "to none any more").to.deep.equal([]);

      for (const mover of [alice, bob, alice, bob, alice, bob, alice]) {
        Game.take(world, mover, link, 1);
        World.deliverAll(world);
      }
      const { content } = Game.channelOf(alice, link).latest;
      expect(content.assets[0]?.net).to.equal(-Game.STAKE);
      alice.party.change(link.terms.id, Play.install(content, Court.NIM, other.data));
      World.settle(world, alice);
      World.deliverAll(world);
      expect(Game.gameOf(alice, link), "Alice knows").to.equal(undefined);
      bob.party.agree(link.terms.id, other);
      World.pass(world, 2);
      World.deliverAll(world);
      expect(Game.gameOf(bob, link)?.stones).to.equal(8);
      expect([alice, bob].flatMap(World.rejections)).to.deep.equal([]);
    });
  }

  it("too-many: are 64 at most of which none has begun, and as many after a restart", () => {
    const one = Table.table();
    const { world, bob, link } = one;
    for (let stones = 1; stones <= Play.MAX_AGREED; stones++) Game.agree(one, stones);
    Game.agree(one, 1);
    expect(() => bob.party.agree(link.terms.id, Game.start(Play.MAX_AGREED + 1)))
      .to.throw(Rejected)
      .that.deep.includes({ reason: "too-many", values: ["agreements", 64, 65] });
    const { agreed } = Game.channelOf(bob, link);
    World.stop(world, bob);
    World.start(world, bob);
    expect(agreed).to.have.length(Play.MAX_AGREED);
    expect(Game.channelOf(bob, link).agreed).to.deep.equal(agreed);
  });
});
