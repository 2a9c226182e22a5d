// Every reason for which a client refuses a message, with the values that show it; the channel stays as it was.
import { expect } from "chai";
import * as Change from "../../src/channels/client/change.ts";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
import * as Message from "../../src/channels/client/message.ts";
import type { Rejected } from "../../src/channels/client/rejected.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import { KIND_HASH, type Lock } from "../../src/channels/locks.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import { SECP256K1_N } from "../../src/primitives/signature.ts";
import * as Court from "./clientCourt.ts";
import * as World from "./clientWorld.ts";

const START = 1_800_000_000n;
const SECRET = new Uint8Array(32).fill(7);
const HASH = sha256(SECRET);
const ETHER = World.ETHER;

type Table = {
  readonly world: World.World;
  readonly chain: Court.Court;
  readonly alice: World.Actor;
  readonly bob: World.Actor;
  readonly link: World.Link;
};

/** Alice holds the token; ether is named; version 1. */
function table(): Table {
  const world = World.create(START);
  const chain = Court.create(1n, START);
  const alice = World.join(world, "Alice");
  const bob = World.join(world, "Bob");
  const link = World.open(world, chain, [alice, bob], [1_000n, 1_000n]);
  World.deliverAll(world);
  return { world, chain, alice, bob, link };
}

/** What a message makes an actor say; whatever it is, the channel must not change. */
function refusal({ world, link }: Table, to: World.Actor, bytes: Uint8Array): Rejected | undefined {
  const before = to.party.channel(link.terms.id);
  const count = to.happenings.length;
  to.party.receive(link.terms.id, bytes, world.ms);
  World.settle(world, to);
  const after = to.party.channel(link.terms.id);
  for (const field of ["latest", "turn", "proposal", "secrets", "released", "isBroken"] as const) {
    expect(after[field], field).to.equal(before[field]);
  }
  const [last] = to.happenings.slice(count);
  return last?.kind === "rejected" ? last.rejected : undefined;
}

function expectRefusal(
  table: Table,
  to: World.Actor,
  body: Message.Body | Uint8Array,
  reason: string,
  values?: readonly unknown[],
): void {
  const channelId = table.link.terms.id;
  const bytes = body instanceof Uint8Array ? body : Message.encode({ channelId, body });
  const rejected = refusal(table, to, bytes);
  expect(rejected?.reason).to.equal(reason);
  if (values !== undefined) expect(rejected?.values).to.deep.equal(values);
}

/** A proposal by Alice of these changes, signed over what they come to, or over the content given. */
function proposal(
  { alice, bob, link }: Table,
  changes: readonly Change.Change[],
  given?: Partial<Content.Content>,
): Message.Propose {
  const { latest, terms } = bob.party.channel(link.terms.id);
  const version = latest.content.version + 1n;
  const result = given ?? changes.reduce((sum, one) => Change.apply(sum, one, "A"), latest.content);
  const content = { ...latest.content, version, ...result, ...(given ?? { version }) };
  const { digest } = Channel.digestOf(terms, content);
  const signature = CompactSignature.sign(digest, alice.key);
  return { kind: "propose", version: content.version, changes, signature };
}

function lock(changes: Partial<Lock> = {}): Lock {
  const terms = { kind: KIND_HASH, asset: 0, aToB: true, key: HASH };
  return { ...terms, expiry: START + 7_200n, amount: 100n, ...changes };
}

const add = (changes: Partial<Lock> = {}): Change.Change => ({
  kind: "add",
  lock: lock(changes),
  note: Bytes.EMPTY,
});
const pay = (amount: bigint, asset = 0): Change.Change => ({ kind: "pay", asset, amount });

/** The same table after Alice locked 100 for a hash of which Bob has no invoice, before he gives it up. */
function withLock(): Table {
  const one = table();
  const secrets = { secret: SECRET, hold: 7_200n };
  World.pay(one.world, one.alice, one.link, one.bob, 100n, secrets);
  // Bob takes the lock and says so; Alice does not hear it.
  World.deliver(one.world);
  one.world.messages = [];
  return one;
}

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
            Change.encode(add({ kind: 1 })),
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
      ["nothing paid", "zero-amount", (one) => proposal(one, [pay(0n)], {}), []],
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
