import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { MAX_MESSAGE_BYTES } from "../../src/channels/client/message.ts";
import type * as Channel from "../../src/channels/client/channel.ts";
import { SEEN_AT_ONCE, UnseenError, type Hub } from "../../src/hub/hub.ts";
import * as Connection from "../../src/hub/connection.ts";
import * as Disk from "../../src/hub/disk.ts";
import * as Log from "../../src/hub/log.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Court from "./clientCourt.ts";
import * as HubStand from "./hubStand.ts";
import * as MemoryDisk from "./memoryDisk.ts";
import { ETHER, POLICY } from "./clientWorld.ts";

const HOLD = 7_200n;

function invoiceFrom(payee: Hub, amount: bigint) {
  const until = BigInt(Math.floor(Date.now() / 1_000)) + HOLD;
  return payee.invoice({ via: payee.address, chainId: 1n, token: ETHER, amount, until });
}

const viaOf = (hub: Hub) => [{ address: hub.address, fee: POLICY.fee, margin: 0n }];

describe("hub over loopback", () => {
  let stand: HubStand.Stand;
  let folder: string;
  beforeEach(() => {
    stand = HubStand.stand();
    folder = mkdtempSync(join(tmpdir(), "tribunal-hub-"));
  });
  afterEach(() => {
    stand.abort.abort();
    rmSync(folder, { recursive: true });
  });

  async function aliceHubBob() {
    const alice = await HubStand.hub(stand, 1, MemoryDisk.create());
    const hub = await HubStand.hub(stand, 2, MemoryDisk.create(), { maxForwarded: 32 });
    const bob = await HubStand.hub(stand, 3, MemoryDisk.create());
    const left = HubStand.open(stand, [alice, hub], [1, 2], 1_000_000n);
    const right = HubStand.open(stand, [hub, bob], [2, 3], 1_000_000n);
    await HubStand.connect(alice, hub);
    await HubStand.connect(bob, hub);
    await HubStand.until(
      () =>
        HubStand.isReady(alice, left) &&
        HubStand.isReady(hub, right) &&
        HubStand.isReady(bob, right),
    );
    return { alice, hub, bob, left, right };
  }

  /** A party of which nobody hears, with a channel. */
  async function loner(disk: MemoryDisk.MemoryDisk, tickMs: number) {
    const policy = { maxForwarded: 1 };
    const alice = await HubStand.hub(stand, 1, disk, policy, stand.abort.signal, tickMs);
    const bob = await HubStand.hub(stand, 2, MemoryDisk.create());
    const { terms } = HubStand.open(stand, [alice, bob], [1, 2], 1_000_000n);
    return { alice, bob, id: terms.id };
  }

  const valuesOn = async ({ durable }: MemoryDisk.MemoryDisk) =>
    Log.puts(await Log.open(MemoryDisk.create(durable))).length;

  it("sees its other channels though the chain does not answer for one", async () => {
    // Alice looks when she is told to, and not by herself.
    const life = new AbortController();
    const alice = await HubStand.hub(stand, 1, MemoryDisk.create(), {}, life.signal);
    life.abort();
    const [bob, carol] = await Promise.all(
      [2, 3].map((n) => HubStand.hub(stand, n, MemoryDisk.create())),
    );
    if (bob === undefined || carol === undefined) return void expect.fail("there are two");
    const unseen = HubStand.open(stand, [alice, bob], [1, 2], 1_000_000n);
    const seen = HubStand.open(stand, [alice, carol], [1, 3], 1_000_000n);
    const time = BigInt(Math.floor(Date.now() / 1_000)) + 1_000_000n;
    const chain = {
      court: stand.court.court,
      view: ({ terms }: Channel.Channel) =>
        Bytes.equals(terms.id, unseen.terms.id)
          ? Promise.reject(new RangeError("not now"))
          : Promise.resolve({ ...Court.view(stand.court, terms), time }),
      perform: () => Promise.resolve(),
    };
    const failure: unknown = await alice.look(chain).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(UnseenError).and.to.include({ channels: 1 });
    expect(alice.channel(seen.terms.id).chain?.time).to.equal(time);
    expect(alice.channel(unseen.terms.id).chain).to.equal(undefined);
  });

  it("looks at many channels at a time, and not at all at once", async () => {
    const life = new AbortController();
    const alice = await HubStand.hub(stand, 1, MemoryDisk.create(), {}, life.signal);
    const others = SEEN_AT_ONCE + 3;
    for (let n = 0; n < others; n++) {
      const peer = await HubStand.hub(stand, 100 + n, MemoryDisk.create(), {}, life.signal);
      HubStand.open(stand, [alice, peer], [1, 100 + n], 1_000n);
    }
    life.abort();
    const asked: number[] = [];
    let asking = 0;
    const chain = {
      court: stand.court.court,
      view: async ({ terms }: Channel.Channel) => {
        asked.push(++asking);
        await new Promise((resolve) => setImmediate(resolve));
        asking--;
        return Court.view(stand.court, terms);
      },
      perform: () => Promise.resolve(),
    };
    await alice.look(chain);
    expect(asked).to.have.length(others);
    expect(Math.max(...asked)).to.equal(SEEN_AT_ONCE);
    expect(alice.channels().every((channel) => channel.chain !== undefined)).to.equal(true);
  });

  it("flushes a payment that was begun with the next thing that something depends on", async () => {
    const disk = MemoryDisk.create();
    const { alice, bob, id } = await loner(disk, 100_000);
    void alice.pay(id, await invoiceFrom(bob, 50n), [], HOLD);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    const before = disk.flushes;
    expect(await valuesOn(disk)).to.equal(1);
    // The channel, the payment and the invoice.
    await invoiceFrom(alice, 50n);
    expect(await valuesOn(disk)).to.equal(3);
    expect(disk.flushes).to.equal(before + 1);
  });

  it("flushes a payment that was begun at the next tick", async () => {
    const disk = MemoryDisk.create();
    const { alice, bob, id } = await loner(disk, 20);
    void alice.pay(id, await invoiceFrom(bob, 50n), [], HOLD);
    let values = 0;
    while (values < 2) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      values = await valuesOn(disk);
    }
    expect(values).to.equal(2);
  });

  it("carries many payments at once through a hub, which keeps its fees", async () => {
    const { alice, hub, bob, left, right } = await aliceHubBob();
    const invoices = await Promise.all(Array.from({ length: 100 }, () => invoiceFrom(bob, 50n)));
    const paid = await Promise.all(
      invoices.map((invoice) => alice.pay(left.terms.id, invoice, viaOf(hub), HOLD)),
    );
    expect(new Set(paid.map(({ status }) => status))).to.deep.equal(new Set(["paid"]));
    await HubStand.until(() => hub.channel(left.terms.id).latest.content.locks.length === 0);
    await HubStand.until(() => bob.channel(right.terms.id).latest.content.locks.length === 0);
    // 50 for Bob, and 1 + 1% rounded up for the hub.
    expect(hub.channel(left.terms.id).latest.content.assets[0]?.net).to.equal(5_200n);
    expect(bob.channel(right.terms.id).latest.content.assets[0]?.net).to.equal(5_000n);
  });

  it("goes on from its file after it was stopped in the middle of payments", async () => {
    const disk = await Disk.open(join(folder, "alice.log"));
    const firstLife = new AbortController();
    const alice = await HubStand.hub(stand, 1, disk, {}, firstLife.signal);
    const bob = await HubStand.hub(stand, 2, MemoryDisk.create());
    const channel = HubStand.open(stand, [alice, bob], [1, 2], 1_000_000n);
    const server = await bob.serve(0);
    const to = {
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      peer: bob.address,
    };
    void alice.keepConnected(to);
    await HubStand.until(() => HubStand.isReady(alice, channel));
    const invoices = await Promise.all(Array.from({ length: 40 }, () => invoiceFrom(bob, 10n)));
    void Promise.all(invoices.map((invoice) => alice.pay(channel.terms.id, invoice, [], HOLD)));
    await HubStand.until(() => bob.channel(channel.terms.id).latest.content.version > 1n);
    firstLife.abort();
    await disk.close();

    const again = await Disk.open(join(folder, "alice.log"));
    const aliceAgain = await HubStand.hub(stand, 1, again);
    void aliceAgain.keepConnected(to);
    const states = () => [aliceAgain, bob].map((one) => one.channel(channel.terms.id));
    await HubStand.until(() => states().every(({ latest }) => latest.content.locks.length === 0));
    const [mine, theirs] = states();
    expect(mine?.latest.hash).to.deep.equal(theirs?.latest.hash);
    await again.close();
  });

  it("signs nothing more once its disk is full, and says why", async () => {
    const disk = MemoryDisk.create();
    const alice = await HubStand.hub(stand, 1, disk);
    const bob = await HubStand.hub(stand, 2, MemoryDisk.create());
    const channel = HubStand.open(stand, [alice, bob], [1, 2], 1_000_000n);
    await HubStand.connect(alice, bob);
    await HubStand.until(() => HubStand.isReady(alice, channel));
    const { version } = bob.channel(channel.terms.id).latest.content;
    disk.room = 3;
    alice.payPeer(channel.terms.id, 0, 10n);
    await HubStand.until(() => alice.failure !== undefined);
    expect(alice.failure).to.be.instanceOf(Log.RefusedError);
    expect(() => alice.payPeer(channel.terms.id, 0, 10n)).to.throw(Log.RefusedError);
    expect(bob.channel(channel.terms.id).latest.content.version).to.equal(version);
    const recovered = await HubStand.hub(stand, 1, MemoryDisk.create(disk.written));
    expect(recovered.channel(channel.terms.id).latest.content.version).to.equal(version);
    expect(recovered.channel(channel.terms.id).proposal).to.equal(undefined);
  });

  it("answers a challenge by an old state at once, though that one is better for it", async () => {
    const { alice, hub, left } = await aliceHubBob();
    const old = hub.channel(left.terms.id).latest;
    alice.payPeer(left.terms.id, 0, 500n);
    await HubStand.until(() => hub.channel(left.terms.id).latest.content.assets[0]?.net === 500n);
    Court.perform(stand.court, left.terms, { kind: "challenge", signed: old });
    await HubStand.until(() => Court.caseOf(stand.court, left.terms).deadline === 0n);
    const one = Court.caseOf(stand.court, left.terms);
    expect(one.version).to.equal(hub.channel(left.terms.id).latest.content.version);
    // Alice gains by the old state, and may have been the one who answered.
    expect(alice.channel(left.terms.id).latest.content.version).to.equal(one.version);
  });
});

describe("hub/connection", () => {
  const identityOf = (n: number): Connection.Identity => ({
    address: Signature.addressOf(HubStand.keyOf(n)),
    sign: (digest) => CompactSignature.sign(digest, HubStand.keyOf(n)),
  });
  const quiet: Connection.Listener = {
    opened: () => undefined,
    message: () => undefined,
    closed: () => undefined,
  };
  const abort = new AbortController();

  async function listening(n: number, listener: Connection.Listener) {
    const server = await Connection.listen(identityOf(n), 0, listener);
    return { server, port: (server.address() as AddressInfo).port };
  }

  it("closes with a peer that is not the one that was called", async () => {
    const { server, port } = await listening(1, quiet);
    const peer = identityOf(2).address;
    const reason = await Connection.dial(
      identityOf(3),
      { host: "127.0.0.1", port, peer },
      quiet,
      abort.signal,
    );
    expect(reason).to.be.instanceOf(Connection.StrangerError);
    server.close();
  });

  it("closes with a peer that signs for somebody else", async () => {
    let reason: Error | undefined;
    const { server, port } = await listening(1, quiet);
    const liar = { address: identityOf(2).address, sign: identityOf(3).sign };
    const opened: unknown[] = [];
    const peer = identityOf(1).address;
    const noting = { ...quiet, opened: (connection: unknown) => void opened.push(connection) };
    server.on("connection", (socket) => socket.on("error", (error) => (reason = error)));
    await Connection.dial(liar, { host: "127.0.0.1", port, peer }, noting, abort.signal);
    expect(reason).to.be.instanceOf(Connection.StrangerError);
    expect((reason as Connection.StrangerError).claimed).to.deep.equal(liar.address);
    server.close();
  });

  it("puts frames together from single bytes", async () => {
    const received: Uint8Array[] = [];
    const { server, port } = await listening(1, {
      ...quiet,
      message: (_, bytes) => void received.push(bytes),
    });
    const peer = identityOf(1).address;
    const sent = [Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(MAX_MESSAGE_BYTES)];
    void Connection.dial(
      identityOf(2),
      { host: "127.0.0.1", port, peer },
      {
        ...quiet,
        opened: (connection) => sent.forEach((message) => connection.send(message)),
      },
      abort.signal,
    );
    await HubStand.until(() => received.length === sent.length);
    expect(received).to.deep.equal(sent);
    abort.abort();
    server.close();
  });
});
