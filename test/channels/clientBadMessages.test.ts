// Every reason for which a client refuses another message, with the values that show it; the channel stays as it was.
import { expect } from "chai";
import * as Content from "../../src/channels/client/content.ts";
import * as Message from "../../src/channels/client/message.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as World from "./clientWorld.ts";

import { HASH, SECRET, START, expectRefusal, refusal, table, withLock } from "./clientTable.ts";

describe("client: refusals", () => {
  describe("of other messages", () => {
    it("nothing-proposed: an acknowledgement of what was not proposed", () => {
      const one = table();
      const body: Message.Body = {
        kind: "acknowledge",
        version: 2n,
        signature: new Uint8Array(64),
      };
      expectRefusal(one, one.alice, body, "nothing-proposed", [2n]);
    });

    it("wrong-signature: an acknowledgement that the peer did not sign", () => {
      const one = table();
      one.alice.party.change(one.link.terms.id, { kind: "pay", asset: 0, amount: 5n });
      World.settle(one.world, one.alice);
      const { signature } = Message.decode(one.world.messages[0]?.bytes ?? Bytes.EMPTY)
        .body as Message.Propose;
      expectRefusal(
        one,
        one.alice,
        { kind: "acknowledge", version: 2n, signature },
        "wrong-signature",
      );
    });

    it("wrong-signature: a latest state that one side did not sign", () => {
      const one = table();
      const { latest } = one.bob.party.channel(one.link.terms.id);
      const content = { ...latest.content, version: 5n };
      const { signatureA, signatureB } = latest;
      expectRefusal(
        one,
        one.bob,
        { kind: "latest", content, signatureA, signatureB },
        "wrong-signature",
      );
    });

    it("stale-version: a latest state older than its own", () => {
      const one = table();
      const { latest } = one.bob.party.channel(one.link.terms.id);
      const content = Content.INITIAL;
      expectRefusal(one, one.bob, { ...latest, kind: "latest", content }, "stale-version", [
        1n,
        0n,
      ]);
    });

    it("future-turn: a token from who does not hold it, or from nowhere", () => {
      const one = table();
      expectRefusal(one, one.alice, { kind: "pass-token", turn: 1n }, "future-turn", [0n, 1n]);
      expectRefusal(one, one.bob, { kind: "pass-token", turn: 2n }, "future-turn", [0n, 2n]);
      expectRefusal(one, one.alice, { kind: "request-token", turn: 7n }, "future-turn", [0n, 7n]);
    });

    it("future-turn: a turn that no honest party reaches", () => {
      const one = table();
      const { latest } = one.bob.party.channel(one.link.terms.id);
      const { limits, fee } = World.POLICY;
      const stands = {
        fullVersion: 1n,
        fullHash: latest.hash,
        sentVersion: 1n,
        sentHash: latest.hash,
      };
      const body: Message.Body = {
        kind: "reestablish",
        turn: 2n ** 64n - 1n,
        ...stands,
        terms: { limits, fee },
      };
      expectRefusal(one, one.bob, body, "future-turn", [0n, 2n ** 64n - 1n]);
    });

    it("fulfilled-too-late: a secret that comes when it can no longer be passed on", () => {
      const one = withLock();
      const { world, alice } = one;
      // Bob stays away, so that nothing is registered, and Alice hears nothing.
      World.stop(world, one.bob);
      for (let time = 0; time < 69; time++) World.pass(world, 100);
      alice.party.connect(one.link.terms.id);
      const { latest } = alice.party.channel(one.link.terms.id);
      const { limits, fee } = World.POLICY;
      const stands = {
        fullVersion: 1n,
        fullHash: latest.hash,
        sentVersion: 1n,
        sentHash: latest.hash,
      };
      const hello: Message.Body = {
        kind: "reestablish",
        turn: 0n,
        ...stands,
        terms: { limits, fee },
      };
      alice.party.receive(
        one.link.terms.id,
        Message.encode({ channelId: one.link.terms.id, body: hello }),
        world.ms,
      );
      const expiry = START + 7_200n;
      expectRefusal(one, alice, { kind: "fulfil", secrets: [SECRET] }, "fulfilled-too-late", [
        HASH,
        expiry - 300n,
        START + 6_900n,
      ]);
    });
  });

  describe("of a message that was right once", () => {
    it("changes nothing a second time, and an acknowledged proposal is acknowledged again", () => {
      const one = table();
      const { world, alice, bob, link } = one;
      World.pay(world, alice, link, bob, 100n, { secret: SECRET });
      const sent: { to: World.Actor; bytes: Uint8Array }[] = [];
      for (let count = 0; world.messages.length > 0; count++) {
        const [first] = world.messages;
        if (first !== undefined) sent.push({ to: first.to, bytes: first.bytes });
        World.deliver(world);
      }
      for (const { to, bytes } of sent) {
        const rejected = refusal(one, to, bytes);
        expect(["stale-version", "nothing-proposed", undefined]).to.include(rejected?.reason);
        World.deliverAll(world);
      }
      expect(World.balance(alice, link)).to.equal(900n);
    });
  });
});
