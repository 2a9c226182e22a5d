// What is not a message is refused with a named reason and the values that show it; the channel stays as it was.
import { expect } from "chai";
import * as Change from "../../src/channels/client/change.ts";
import * as Content from "../../src/channels/client/content.ts";
import * as Message from "../../src/channels/client/message.ts";
import { KIND_CHANNEL } from "../../src/channels/locks.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Game from "./clientGame.ts";
import * as World from "./clientWorld.ts";

import {
  ETHER,
  HASH,
  SECRET,
  add,
  expectRefusal,
  lock,
  pay,
  proposal,
  table,
  type Table,
} from "./clientTable.ts";

describe("client: refusals", () => {
  describe("of bytes", () => {
    const bytes =
      (kind: number, ...rest: number[]) =>
      (one: Table) =>
        Bytes.concat(Uint8Array.of(kind), one.link.terms.id, Uint8Array.from(rest));
    const proposalOf = (one: Table, ...change: number[]) =>
      Bytes.concat(bytes(1)(one), new Uint8Array(8), Uint8Array.of(1, ...change));

    const cases: readonly [string, string, (one: Table) => Uint8Array][] = [
      ["an empty message", "truncated", () => Bytes.EMPTY],
      ["a message that ends early", "truncated", bytes(4, 1, 2)],
      ["a message that goes on", "trailing-bytes", bytes(4, 0, 0, 0, 0, 0, 0, 0, 0, 9)],
      ["a kind that there is not", "unknown-message", bytes(99)],
      ["a change that there is not", "unknown-change", (one) => proposalOf(one, 99)],
      [
        "more changes than a state takes",
        "too-many",
        (one) =>
          Bytes.concat(bytes(1)(one), new Uint8Array(8), Uint8Array.of(Change.MAX_CHANGES + 1)),
      ],
      ["more secrets than locks", "too-many", bytes(6, 65)],
      ["a reason that there is not", "out-of-range", bytes(8, 255, 0, 0, 0, 0, 0, 0, 0, 0)],
      [
        "a message larger than the largest",
        "too-long",
        () => new Uint8Array(Message.MAX_MESSAGE_BYTES + 1),
      ],
      [
        "a note longer than a route",
        "too-long",
        (one) => {
          const change = Change.encode(add()).slice();
          change.set([1, 1], 57);
          return Bytes.concat(bytes(1)(one), new Uint8Array(8), Uint8Array.of(1), change);
        },
      ],
      [
        "an app with more data than a client keeps",
        "too-long",
        (one) => {
          const app = { ...Game.start(7), data: new Uint8Array(Content.MAX_APP_BYTES + 1) };
          const change = Change.encode({ kind: "install", app, nets: [] });
          return Bytes.concat(bytes(1)(one), new Uint8Array(8), Uint8Array.of(1), change);
        },
      ],
      [
        "a direction that is neither",
        "out-of-range",
        (one) => {
          const change = Change.encode(add()).slice();
          change[3] = 2;
          return Bytes.concat(bytes(1)(one), new Uint8Array(8), Uint8Array.of(1), change);
        },
      ],
      [
        "a lock that no client signs",
        "unknown-lock-kind",
        (one) =>
          Bytes.concat(
            ...[bytes(1)(one), new Uint8Array(8), Uint8Array.of(1)],
            Change.encode(add({ kind: 2 })),
          ),
      ],
      [
        "a channel that it does not know",
        "unknown-channel",
        () => Bytes.concat(Uint8Array.of(4), new Uint8Array(32).fill(9), new Uint8Array(8)),
      ],
    ];
    for (const [what, reason, make] of cases) {
      it(`${reason}: ${what}`, () => {
        const one = table();
        expectRefusal(one, one.bob, make(one), reason);
      });
    }

    it("writes and reads every message to the same bytes, and no other bytes", () => {
      const one = table();
      const { latest } = one.bob.party.channel(one.link.terms.id);
      const { limits, fee } = World.POLICY;
      const [hash, signature] = [latest.hash, new Uint8Array(64).fill(5)];
      const bodies: readonly Message.Body[] = [
        {
          kind: "reestablish",
          turn: 3n,
          fullVersion: 1n,
          fullHash: hash,
          sentVersion: 2n,
          sentHash: hash,
          terms: { limits, fee },
        },
        proposal(one, [pay(1n), add(), { kind: "withdraw", asset: 0, amount: 2n }]),
        {
          kind: "propose",
          version: 9n,
          signature,
          changes: [
            { kind: "fulfil", secret: SECRET },
            { kind: "remove", hash: HASH },
            { kind: "name", token: ETHER },
            { kind: "finish" },
          ],
        },
        { kind: "acknowledge", version: 2n ** 64n - 1n, signature },
        {
          kind: "latest",
          content: { ...latest.content, locks: [lock()] },
          signatureA: signature,
          signatureB: signature,
        },
        { kind: "request-token", turn: 1n },
        { kind: "pass-token", turn: 1n },
        { kind: "fulfil", secrets: [SECRET] },
        { kind: "fail", failures: [{ hash: HASH, reason: "no-route" }] },
        { kind: "error", reason: "dust", version: 0n },
        { kind: "agree", app: hash },
        { kind: "concede", concessions: [{ key: HASH, amount: 2n ** 128n - 1n }] },
        {
          kind: "latest",
          content: { ...latest.content, app: { ...Game.start(7) } },
          signatureA: signature,
          signatureB: signature,
        },
        {
          kind: "propose",
          version: 9n,
          signature,
          changes: [
            { kind: "install", app: Game.start(7), nets: [-1n] },
            { kind: "move", data: Game.start(6).data, nets: [5n, -(2n ** 127n)] },
            { kind: "conclude" },
            { kind: "lower", key: HASH, amount: 3n },
            { kind: "resolve", key: HASH },
            add({ kind: KIND_CHANNEL }),
          ],
        },
      ];
      for (const body of bodies) {
        const message = { channelId: one.link.terms.id, body };
        const encoded = Message.encode(message);
        expect(Message.decode(encoded)).to.deep.equal(message);
        for (let length = 0; length < encoded.length; length++) {
          expect(() => Message.decode(encoded.subarray(0, length)))
            .to.throw()
            .with.property("reason", "truncated");
        }
      }
    });
  });
});
