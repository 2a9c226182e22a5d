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

/** What those may cost who have not shown who they are. */
export type Bounds = { readonly handshakeMs: number; readonly maxUnproven: number };

const LENGTH_BYTES = 4;
const NONCE_BYTES = 32;
const HELLO_BYTES = 20 + NONCE_BYTES;
/** A peer that reads this slowly is not there. */
const MAX_UNREAD_BYTES = 8 << 20;
const HANDSHAKE_MS = 10_000;
/** How many may be about to say who they are; of more, the one that has taken longest is not waited for. */
const MAX_UNPROVEN = 128;
/** Before the other end has shown who it is, no frame is longer than its hello or its signature. */
const MAX_HANDSHAKE_BYTES = Math.max(HELLO_BYTES, CompactSignature.SIGNATURE_BYTES);
export const BOUNDS: Bounds = { handshakeMs: HANDSHAKE_MS, maxUnproven: MAX_UNPROVEN };
const DOMAIN = keccak256(new TextEncoder().encode("Tribunal Channels Connection"));

/** Takes connections on loopback; answers the server, whose port the system chose if it was zero. */
export function listen(
  identity: Identity,
  port: number,
  listener: Listener,
  bounds = BOUNDS,
): Promise<Server> {
  // In the order in which they came: a crowd of strangers keeps nobody out who speaks at once.
  const unproven = new Set<Socket>();
  const server = createServer((socket) => {
    unproven.add(socket);
    const [first] = unproven;
    if (unproven.size > bounds.maxUnproven) first?.destroy(new CrowdedError(bounds.maxUnproven));
    const proven = () => void unproven.delete(socket);
    const opened = (connection: Connection) => (proven(), listener.opened(connection));
    const telling = { ...listener, opened };
    void converse(socket, identity, undefined, telling, bounds.handshakeMs).finally(proven);
  });
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
  return converse(socket, identity, peer, listener, BOUNDS.handshakeMs).finally(() =>
    signal.removeEventListener("abort", stop),
  );
}

/** Both say hello, both sign what the other said, then messages go either way. */
function converse(
  socket: Socket,
  identity: Identity,
  expected: Uint8Array | undefined,
  listener: Listener,
  handshakeMs: number,
): Promise<Error | undefined> {
  const hello = Bytes.concat(identity.address, randomBytes(NONCE_BYTES));
  let theirs: Uint8Array | undefined;
  let connection: Connection | undefined;
  socket.setNoDelay(true);
  // From the beginning, not from the last byte: one byte now and then would hold a socket for ever.
  const silence = setTimeout(() => socket.destroy(new SilentError(handshakeMs)), handshakeMs);

  const take = (frame: Uint8Array): void => {
    if (connection !== undefined) return listener.message(connection, frame);
    if (theirs === undefined) {
      theirs = checkHello(frame, expected);
      return write(socket, identity.sign(digestOf(hello, theirs)));
    }
    const peer = theirs.slice(0, 20);
    const signer = CompactSignature.recover(digestOf(theirs, hello), frame);
    if (signer === undefined || !Bytes.equals(signer, peer)) throw new StrangerError(peer, signer);
    clearTimeout(silence);
    connection = { peer, send: (message) => write(socket, message), close: () => socket.destroy() };
    listener.opened(connection);
  };

  return new Promise((resolve) => {
    let failure: Error | undefined;
    const longest = () => (connection === undefined ? MAX_HANDSHAKE_BYTES : MAX_MESSAGE_BYTES);
    const frames = splitter(take, longest);
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
      clearTimeout(silence);
      if (connection !== undefined) listener.closed(connection, failure);
      resolve(failure);
    });
  });
}

/** Cuts what arrives into frames: length 4, then so many bytes, as many as are taken at the time. */
function splitter(
  take: (frame: Uint8Array) => void,
  longest: () => number,
): (chunk: Uint8Array) => void {
  let rest: Uint8Array = Bytes.EMPTY;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Bytes.concat(rest, chunk);
    for (;;) {
      if (rest.length < LENGTH_BYTES) return;
      const length = Bytes.toNumber(rest.subarray(0, LENGTH_BYTES));
      if (length > longest()) throw new FrameTooLongError(longest(), length);
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

/** A frame announces more bytes than the largest message has, or the largest part of a handshake. */
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
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super(`expected a handshake within ${milliseconds} ms`);
    this.milliseconds = milliseconds;
  }
}

/** Too many others have come since who have not said who they are, either. */
export class CrowdedError extends Error {
  override readonly name = "Connection.CrowdedError";
  readonly maximum: number;
  constructor(maximum: number) {
    super(`expected at most ${maximum} handshakes at a time`);
    this.maximum = maximum;
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
