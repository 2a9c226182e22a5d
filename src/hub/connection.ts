// Connections between parties over TCP: frames of bounded length, after both have shown by a signature who they are.
// What a frame holds is not encrypted: over a network that others can write to, run it inside TLS. Forged messages cost
// time and never money; what counts is signed.
import { randomBytes } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import * as CompactSignature from "../channels/compactSignature.ts";
import { MAX_MESSAGE_BYTES } from "../channels/client/message.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Hex from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";

/** Who speaks on a connection. */
export type Identity = {
  readonly address: Uint8Array;
  readonly sign: (digest: Uint8Array) => Uint8Array;
};

/** A connection to a party that has shown who it is. */
export type Connection = {
  readonly peer: Uint8Array;
  readonly send: (message: Uint8Array) => void;
  readonly close: () => void;
};

/** What a connection tells: a message, and in the end why it closed. */
export type Listener = {
  readonly opened: (connection: Connection) => void;
  readonly message: (connection: Connection, bytes: Uint8Array) => void;
  readonly closed: (connection: Connection, reason: Error | undefined) => void;
};

const LENGTH_BYTES = 4;
const NONCE_BYTES = 32;
const HELLO_BYTES = 20 + NONCE_BYTES;
/** A peer that reads this slowly is not there. */
const MAX_UNREAD_BYTES = 8 << 20;
const HANDSHAKE_MS = 10_000;
const DOMAIN = keccak256(new TextEncoder().encode("Tribunal Channels Connection"));

/** Takes connections on loopback; answers the server, whose port the system chose if it was zero. */
export function listen(identity: Identity, port: number, listener: Listener): Promise<Server> {
  const server = createServer((socket) => void converse(socket, identity, undefined, listener));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** Connects to a party of which the address is known; resolves when the connection has ended. */
export function dial(
  identity: Identity,
  { host, port, peer }: { readonly host: string; readonly port: number; readonly peer: Uint8Array },
  listener: Listener,
  signal: AbortSignal,
): Promise<Error | undefined> {
  const socket = connect({ host, port });
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  return converse(socket, identity, peer, listener).finally(() =>
    signal.removeEventListener("abort", stop),
  );
}

/** Both say hello, both sign what the other said, then messages go either way. */
function converse(
  socket: Socket,
  identity: Identity,
  expected: Uint8Array | undefined,
  listener: Listener,
): Promise<Error | undefined> {
  const hello = Bytes.concat(identity.address, randomBytes(NONCE_BYTES));
  let theirs: Uint8Array | undefined;
  let connection: Connection | undefined;
  socket.setNoDelay(true);
  socket.setTimeout(HANDSHAKE_MS, () => socket.destroy(new SilentError()));

  const take = (frame: Uint8Array): void => {
    if (connection !== undefined) return listener.message(connection, frame);
    if (theirs === undefined) {
      theirs = checkHello(frame, expected);
      return write(socket, identity.sign(digestOf(hello, theirs)));
    }
    const peer = theirs.slice(0, 20);
    const signer = CompactSignature.recover(digestOf(theirs, hello), frame);
    if (signer === undefined || !Bytes.equals(signer, peer)) throw new StrangerError(peer, signer);
    socket.setTimeout(0);
    connection = { peer, send: (message) => write(socket, message), close: () => socket.destroy() };
    listener.opened(connection);
  };

  return new Promise((resolve) => {
    let failure: Error | undefined;
    const frames = splitter(take);
    socket.on("connect", () => write(socket, hello));
    if (!socket.connecting) write(socket, hello);
    socket.on("data", (chunk: Buffer) => {
      try {
        frames(chunk);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new StrangerError(Bytes.EMPTY, undefined));
      }
    });
    socket.on("error", (error) => (failure = error));
    socket.on("close", () => {
      if (connection !== undefined) listener.closed(connection, failure);
      resolve(failure);
    });
  });
}

/** Cuts what arrives into frames: length 4, then so many bytes. */
function splitter(take: (frame: Uint8Array) => void): (chunk: Uint8Array) => void {
  let rest: Uint8Array = Bytes.EMPTY;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Bytes.concat(rest, chunk);
    for (;;) {
      if (rest.length < LENGTH_BYTES) return;
      const length = Bytes.toNumber(rest.subarray(0, LENGTH_BYTES));
      if (length > MAX_MESSAGE_BYTES) throw new FrameTooLongError(MAX_MESSAGE_BYTES, length);
      const end = LENGTH_BYTES + length;
      if (rest.length < end) return;
      const frame = rest.slice(LENGTH_BYTES, end);
      rest = rest.subarray(end);
      take(frame);
    }
  };
}

function write(socket: Socket, frame: Uint8Array): void {
  if (socket.writableLength > MAX_UNREAD_BYTES) {
    socket.destroy(new UnreadError(MAX_UNREAD_BYTES, socket.writableLength));
    return;
  }
  socket.write(Bytes.concat(Bytes.fromNumber(frame.length, LENGTH_BYTES), frame));
}

function checkHello(frame: Uint8Array, expected: Uint8Array | undefined): Uint8Array {
  const peer = frame.slice(0, 20);
  const isExpected = expected === undefined || Bytes.equals(peer, expected);
  if (frame.length !== HELLO_BYTES || !isExpected) throw new StrangerError(peer, undefined);
  return frame;
}

/** What the sender of `mine` signs for the sender of `theirs`. */
function digestOf(mine: Uint8Array, theirs: Uint8Array): Uint8Array {
  return keccak256(Bytes.concat(DOMAIN, mine, theirs));
}

/** A frame announces more bytes than the largest message has. */
export class FrameTooLongError extends RangeError {
  override readonly name = "Connection.FrameTooLongError";
  readonly maximum: number;
  readonly actual: number;
  constructor(maximum: number, actual: number) {
    super(`expected a frame of at most ${maximum} bytes, got one of ${actual}`);
    this.maximum = maximum;
    this.actual = actual;
  }
}

/** The other end is not who it says, or not who was called. */
export class StrangerError extends Error {
  override readonly name = "Connection.StrangerError";
  readonly claimed: Uint8Array;
  readonly signer: Uint8Array | undefined;
  constructor(claimed: Uint8Array, signer: Uint8Array | undefined) {
    super(`the other end has not shown that it is ${Hex.fromBytes(claimed)}`);
    this.claimed = claimed;
    this.signer = signer;
  }
}

/** The other end does not say who it is. */
export class SilentError extends Error {
  override readonly name = "Connection.SilentError";
  constructor() {
    super(`expected a handshake within ${HANDSHAKE_MS} ms`);
  }
}

/** The other end does not read. */
export class UnreadError extends Error {
  override readonly name = "Connection.UnreadError";
  readonly maximum: number;
  readonly actual: number;
  constructor(maximum: number, actual: number) {
    super(`expected at most ${maximum} unread bytes, got ${actual}`);
    this.maximum = maximum;
    this.actual = actual;
  }
}
