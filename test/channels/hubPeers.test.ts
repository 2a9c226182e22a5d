// What those may cost a party who connect to it: time, sockets, memory, lines.
import { connect as connectSocket, type AddressInfo, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { MAX_MESSAGE_BYTES } from "../../src/channels/client/message.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import { UnwatchedError } from "../../src/hub/chains.ts";
import * as Connection from "../../src/hub/connection.ts";
import { MAX_REFUSED, MAX_STRANGERS } from "../../src/hub/peers.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Court from "./clientCourt.ts";
import * as HubStand from "./hubStand.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const identityOf = (n: number): Connection.Identity => ({
  address: Signature.addressOf(HubStand.keyOf(n)),
  sign: (digest) => CompactSignature.sign(digest, HubStand.keyOf(n)),
});

/** A connection in which nothing is sent, and whether it was closed. */
function fake(peer: Uint8Array) {
  const one = { peer, isClosed: false, send: () => undefined, close: () => void 0 };
  return Object.assign(one, { close: () => void (one.isClosed = true) });
}

describe("hub/connection: strangers", () => {
  const abort = new AbortController();
  const sockets: Socket[] = [];
  const failures: Error[] = [];
  let server: Server;
  let opened: Connection.Connection[];

  async function listening(bounds: Connection.Bounds): Promise<number> {
    opened = [];
    failures.length = 0;
    const listener: Connection.Listener = {
      opened: (connection) => void opened.push(connection),
      message: () => undefined,
      closed: (_, reason) => reason !== undefined && failures.push(reason),
    };
    server = await Connection.listen(identityOf(1), 0, listener, bounds);
    server.on("connection", (socket) => socket.on("error", (error) => failures.push(error)));
    return (server.address() as AddressInfo).port;
  }

  async function stranger(port: number): Promise<Socket> {
    const socket = connectSocket(port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("data", resolve));
    return socket;
  }

  /** One that has shown who it is, by hand. */
  async function known(port: number): Promise<Socket> {
    const { address, sign } = identityOf(2);
    const mine = Bytes.concat(address, new Uint8Array(32));
    const socket = connectSocket(port, "127.0.0.1");
    sockets.push(socket);
    const hello = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    const domain = keccak256(new TextEncoder().encode("Tribunal Channels Connection"));
    const signature = sign(keccak256(Bytes.concat(domain, mine, hello.subarray(4, 56))));
    for (const frame of [mine, signature]) {
      socket.write(Bytes.concat(Bytes.fromNumber(frame.length, 4), frame));
    }
    await HubStand.until(() => opened.length === 1);
    return socket;
  }

  const dial = (port: number) => {
    const quiet = { opened: () => undefined, message: () => undefined, closed: () => undefined };
    const to = { host: "127.0.0.1", port, peer: identityOf(1).address };
    return Connection.dial(identityOf(2), to, quiet, abort.signal);
  };

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });
  after(() => abort.abort());

  it("who sends a byte now and then has no more time than who sends nothing", async () => {
    const port = await listening({ handshakeMs: 60, maxUnproven: 8 });
    const socket = await stranger(port);
    socket.write(Bytes.fromNumber(52, 4));
    const sending = setInterval(() => socket.write(Uint8Array.of(0)), 5);
    await new Promise((resolve) => socket.on("close", resolve));
    clearInterval(sending);
    expect(failures[0])
      .to.be.instanceOf(Connection.SilentError)
      .that.includes({ milliseconds: 60 });
  });

  it("a crowd that says nothing keeps nobody out: its first has to go", async () => {
    const port = await listening({ handshakeMs: 60_000, maxUnproven: 3 });
    const crowd = [await stranger(port), await stranger(port), await stranger(port)];
    const gone = new Promise((resolve) => crowd[0]?.on("close", resolve));
    void dial(port);
    await HubStand.until(() => opened.length === 1);
    await gone;
    expect(failures).to.have.length(1);
    expect(failures[0]).to.be.instanceOf(Connection.CrowdedError).that.includes({ maximum: 3 });
    // Who has shown who it is counts no more: there is room for one.
    await stranger(port);
    expect(crowd.slice(1).map(({ destroyed }) => destroyed)).to.deep.equal([false, false]);
  });

  it("a frame of a handshake that announces more than a signature closes it", async () => {
    const port = await listening(Connection.BOUNDS);
    const socket = await stranger(port);
    socket.write(Bytes.fromNumber(CompactSignature.SIGNATURE_BYTES + 1, 4));
    await new Promise((resolve) => socket.on("close", resolve));
    expect(failures[0])
      .to.be.instanceOf(Connection.FrameTooLongError)
      .that.includes({ maximum: 64, actual: 65 });
  });

  for (const [what, length] of [
    ["a message holds", MAX_MESSAGE_BYTES + 1],
    ["memory holds", 2 ** 32 - 1],
  ] as const) {
    it(`a frame that announces more than ${what} closes the connection`, async () => {
      const port = await listening(Connection.BOUNDS);
      const socket = await known(port);
      socket.write(Bytes.fromNumber(length, 4));
      await HubStand.until(() => failures.length > 0);
      expect(failures[0])
        .to.be.instanceOf(Connection.FrameTooLongError)
        .that.includes({ maximum: MAX_MESSAGE_BYTES, actual: length });
    });
  }

  it("who does not read what is sent is no longer sent anything", async () => {
    const port = await listening(Connection.BOUNDS);
    const socket = await known(port);
    socket.pause();
    // Beyond the 8 MiB that a connection keeps, the system takes some itself.
    const message = new Uint8Array(64 * 1_024);
    for (let sent = 0; sent < 400; sent++) opened[0]?.send(message);
    await HubStand.until(() => failures.length > 0);
    expect(failures[0])
      .to.be.instanceOf(Connection.UnreadError)
      .that.includes({ maximum: 8 << 20 });
  });
});

describe("hub: what its peers cost", () => {
  let stand: HubStand.Stand;
  beforeEach(() => (stand = HubStand.stand()));
  afterEach(() => stand.abort.abort());

  async function hubAndPeer() {
    const hub = await HubStand.hub(stand, 1, MemoryDisk.create());
    const peer = await HubStand.hub(stand, 2, MemoryDisk.create());
    const channel = HubStand.open(stand, [hub, peer], [1, 2], 1_000n);
    return { hub, peer, channel };
  }

  const strangerAt = (n: number) => fake(Bytes.fromNumber(n, 20));

  it("of many strangers the latest stay, and all peers with a channel", async () => {
    const { hub, peer } = await hubAndPeer();
    const friend = fake(peer.address);
    hub.attach(friend);
    const strangers = Array.from({ length: MAX_STRANGERS + 2 }, (_, i) => strangerAt(i + 1));
    for (const one of strangers) hub.attach(one);
    const closed = strangers.filter(({ isClosed }) => isClosed);
    expect(closed).to.deep.equal(strangers.slice(0, 2));
    expect(friend.isClosed).to.equal(false);
  });

  it("a stranger with whom a channel is opened is none any more", async () => {
    const { hub } = await hubAndPeer();
    const carol = await HubStand.hub(stand, 3, MemoryDisk.create());
    const connection = fake(carol.address);
    hub.attach(connection);
    HubStand.open(stand, [hub, carol], [1, 3], 1_000n);
    for (let n = 1; n <= MAX_STRANGERS + 1; n++) hub.attach(strangerAt(n));
    expect(connection.isClosed).to.equal(false);
  });

  it("a connection whose messages are refused again and again is closed", async () => {
    const { hub, peer, channel } = await hubAndPeer();
    const connection = fake(peer.address);
    hub.attach(connection);
    const rubbish = Bytes.concat(Uint8Array.of(0xff), channel.terms.id);
    for (let count = 1; count < MAX_REFUSED; count++) hub.message(connection, rubbish);
    expect(connection.isClosed).to.equal(false);
    // Of no channel that it has here.
    hub.message(connection, new Uint8Array(33));
    expect(connection.isClosed).to.equal(true);
  });

  it("a log with a channel of an adjudicator at which it does not look stops it at the start", async () => {
    const disk = MemoryDisk.create();
    const hub = await HubStand.hub(stand, 1, disk);
    const peer = await HubStand.hub(stand, 2, MemoryDisk.create());
    HubStand.open(stand, [hub, peer], [1, 2], 1_000n);
    await HubStand.until(() => disk.flushes > 1);
    const other = { ...stand, court: Court.create(2n, stand.court.time) };
    const started: unknown = await HubStand.hub(other, 1, MemoryDisk.create(disk.durable)).catch(
      (error: unknown) => error,
    );
    expect(started).to.be.instanceOf(UnwatchedError);
    expect((started as UnwatchedError).court).to.deep.equal(stand.court.court);
    const { params } = Court.caseOf(stand.court, hub.channels()[0]?.terms ?? expect.fail()).terms;
    expect(() => peer.open(other.court.court, params))
      .to.throw(UnwatchedError)
      .that.has.property("court", other.court.court);
  });
});
