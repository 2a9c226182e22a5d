// Every reason for which a client refuses a proposal, with the values that show it; the channel stays as it was.
import * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Message from "../../src/channels/client/message.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import { SECP256K1_N } from "../../src/primitives/signature.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

import {
  ETHER,
  HASH,
  SECRET,
  START,
  add,
  expectRefusal,
  pay,
  proposal,
  table,
  withLock,
  type Table,
} from "./clientTable.ts";

describe("client: refusals", () => {
  describe("of a proposal", () => {
    const cases: readonly [string, string, (one: Table) => Message.Propose, unknown[]?][] = [
      [
        "a version that was",
        "stale-version",
        (one) => proposal(one, [pay(1n)], { version: 1n, isFinal: true }),
        [2n, 1n],
      ],
      [
        "a version too far",
        "future-version",
        (one) => proposal(one, [pay(1n)], { version: 3n }),
        [2n, 3n],
      ],
      [
        "a version at the end of all versions",
        "future-version",
        (one) => proposal(one, [pay(1n)], { version: 2n ** 64n - 1n }),
      ],
      ["no change", "nothing-changed", (one) => proposal(one, []), [2n]],
      [
        "a signature over another state",
        "wrong-signature",
        (one) => ({ ...proposal(one, [pay(2n)]), changes: [pay(1n)] }),
      ],
      [
        "half a signature",
        "wrong-signature",
        (one) => {
          const { signature, ...rest } = proposal(one, [pay(1n)]);
          return { ...rest, signature: Bytes.concat(signature.slice(0, 32), new Uint8Array(32)) };
        },
      ],
      [
        "the high one of two signatures",
        "wrong-signature",
        (one) => {
          const { signature, ...rest } = proposal(one, [pay(1n)]);
          const low = BigInt.asUintN(255, Bytes.toBigInt(signature.slice(32)));
          const high = Bytes.fromBigInt(SECP256K1_N - low, 32);
          return { ...rest, signature: Bytes.concat(signature.slice(0, 32), high) };
        },
      ],
      [
        "an asset that is not named",
        "unknown-asset",
        (one) => proposal(one, [pay(1n, 3)], {}),
        [3, 1],
      ],
      [
        "an asset named again",
        "asset-already-named",
        (one) => proposal(one, [{ kind: "name", token: ETHER }], {}),
        [ETHER],
      ],
      [
        "an asset that it does not take",
        "asset-refused",
        (one) => proposal(one, [{ kind: "name", token: new Uint8Array(20).fill(1) }]),
      ],
      ["nothing paid", "zero-amount", (one) => proposal(one, [pay(0n)], {}), [0n]],
      [
        "more than the payer has",
        "insufficient-funds",
        (one) => proposal(one, [pay(1_001n)]),
        [ETHER, "A", 1n],
      ],
      [
        "a lock beyond what the payer has",
        "insufficient-funds",
        (one) => proposal(one, [pay(950n), add()]),
        [ETHER, "A", 50n],
      ],
      [
        "a withdrawal of what is locked",
        "insufficient-funds",
        (one) => proposal(one, [add(), { kind: "withdraw", asset: 0, amount: 950n }]),
        [ETHER, "A", 50n],
      ],
      [
        "an amount beyond all bounds",
        "insufficient-funds",
        (one) => proposal(one, [pay(2n ** 128n - 1n)], {}),
      ],
      [
        "a lock by the payee",
        "not-the-payer",
        (one) => proposal(one, [add({ aToB: false })], {}),
        [HASH],
      ],
      ["a lock of dust", "dust", (one) => proposal(one, [add({ amount: 9n })]), [10n, 9n]],
      [
        "a lock that expires too soon",
        "expiry-too-soon",
        (one) => proposal(one, [add({ expiry: START + 599n })]),
        [START + 600n, START + 599n],
      ],
      [
        "a lock that expires too late",
        "expiry-too-far",
        (one) => proposal(one, [add({ expiry: START + 86_401n })]),
        [START + 86_400n, START + 86_401n],
      ],
      ["one hash twice", "duplicate-lock", (one) => proposal(one, [add(), add()], {}), [HASH]],
      [
        "a lock that is not there fulfilled",
        "unknown-lock",
        (one) => proposal(one, [{ kind: "fulfil", secret: SECRET }], {}),
        [HASH],
      ],
      [
        "a lock that is not there taken back",
        "unknown-lock",
        (one) => proposal(one, [{ kind: "remove", hash: HASH }], {}),
        [HASH],
      ],
      [
        "the end with a lock left",
        "locks-left",
        (one) => proposal(one, [add(), { kind: "finish" }], {}),
        [1],
      ],
      [
        "something after the end",
        "final-state",
        (one) => proposal(one, [{ kind: "finish" }, pay(1n)], {}),
      ],
    ];
    for (const [what, reason, make, values] of cases) {
      it(`${reason}: ${what}`, () => {
        const one = table();
        expectRefusal(one, one.bob, make(one), reason, values);
      });
    }

    it("too-many-locks: more than the payee takes, and more than a state holds", () => {
      const many = (count: number) =>
        Array.from({ length: count }, (_, i) =>
          add({ key: sha256(Uint8Array.of(i)), amount: 10n }),
        );
      const one = table();
      expectRefusal(one, one.bob, proposal(one, many(33)), "too-many-locks", [32, 33]);
      expectRefusal(one, one.bob, proposal(one, many(65), {}), "too-many-locks", [64, 65]);
    });

    it("too-much-in-flight: more locked than the payee takes", () => {
      const world = World.create(START);
      const chain = Court.create(1n, START);
      const [alice, bob] = [World.join(world, "Alice"), World.join(world, "Bob")];
      const link = World.open(world, chain, [alice, bob], [20_000n, 0n]);
      World.deliverAll(world);
      const one = { world, chain, alice, bob, link };
      const large = proposal(one, [add({ amount: 10_001n })]);
      expectRefusal(one, bob, large, "too-much-in-flight", [10_000n, 10_001n]);
    });

    it("not-your-turn: both may not propose at once", () => {
      const one = table();
      const { latest, terms } = one.alice.party.channel(one.link.terms.id);
      const content = Change.apply({ ...latest.content, version: 2n }, pay(1n), "B");
      const { digest } = Channel.digestOf(terms, content);
      const signature = CompactSignature.sign(digest, one.bob.key);
      const body: Message.Body = { kind: "propose", version: 2n, changes: [pay(1n)], signature };
      expectRefusal(one, one.alice, body, "not-your-turn", [0n]);
    });

    it("not-established: before the peer has said where it stands", () => {
      const one = table();
      one.bob.party.connect(one.link.terms.id);
      expectRefusal(one, one.bob, proposal(one, [pay(1n)]), "not-established", []);
    });

    it("expiry-too-far: a lock that lasts too long, also where its proposal was announced on connecting", () => {
      const one = table();
      const { id: channelId } = one.link.terms;
      const { latest, turn } = one.bob.party.channel(channelId);
      const { version } = latest.content;
      const long = proposal(one, [add({ expiry: 2n ** 40n - 1n })]);
      const content = Change.apply(latest.content, add({ expiry: 2n ** 40n - 1n }), "A");
      const { terms } = one.bob.party.channel(channelId);
      const { hash } = Channel.digestOf(terms, { ...content, version: version + 1n });
      const body: Message.Body = {
        ...{ kind: "reestablish", turn, fullVersion: version, fullHash: latest.hash },
        ...{ sentVersion: version + 1n, sentHash: hash, terms: World.POLICY },
      };
      one.bob.party.connect(channelId);
      one.bob.party.receive(channelId, Message.encode({ channelId, body }), one.world.ms);
      expectRefusal(one, one.bob, long, "expiry-too-far", [START + 86_400n, 2n ** 40n - 1n]);
    });

    it("frozen: while a clock runs, and after the party left", () => {
      const one = table();
      one.bob.party.wish(one.link.terms.id, "leave");
      expectRefusal(one, one.bob, proposal(one, [pay(1n)]), "frozen", [2n]);
    });

    it("lock-not-expired: a lock that its payee did not give up is not taken back before its time", () => {
      const one = withLock();
      const remove = proposal(one, [{ kind: "remove", hash: HASH }]);
      expectRefusal(one, one.bob, remove, "lock-not-expired", [HASH, START + 7_200n, START]);
    });

    it("lock-revealed: a lock whose secret was registered in time is not taken back after its expiry", () => {
      const one = withLock();
      for (let time = 0; time < 80; time++) World.pass(one.world, 100);
      // Bob was told nothing, so he went to the registry before the expiry.
      const remove = proposal(one, [{ kind: "remove", hash: HASH }]);
      expectRefusal(one, one.bob, remove, "lock-revealed", [HASH, START + 6_900n]);
    });
  });
});
