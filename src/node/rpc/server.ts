// The JSON-RPC transport: HTTP POST and WebSocket on one port of the loopback interface by default.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { assert } from "../../primitives/assert.ts";
import { dispatch, failure, type Connection, type Dispatch } from "./dispatch.ts";
import { InvalidRequestError, LimitExceededError } from "./rpcError.ts";
import * as Turns from "./turns.ts";

/** Largest request accepted, in bytes: over a thousand plain transactions, or one of the largest size in hex with room. */
export const MAX_REQUEST_BYTES = 5 * 1_024 * 1_024;

/** Clients that say nothing or read nothing hold a connection no longer than this. */
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
} as const;
const MAX_CONNECTIONS = 1_000;
/** Of HTTP: a connection on which nothing moves, an answer that is not read included, is closed. */
const IDLE_MS = 60_000;
/** The rest is left to HTTP: sockets stay open for as long as their clients like. */
export const MAX_SOCKETS = 500;
/** A socket with more unanswered requests, or more bytes of them, is not read; one with more unread answers is closed. */
const MAX_UNANSWERED = 1_000;
const MAX_UNANSWERED_BYTES = 2 * MAX_REQUEST_BYTES;
const MAX_UNREAD_BYTES = 64 * 1_024 * 1_024;
/** What is kept for clients: requests, half-read or unanswered, and unread answers, of all of them together. */
export const MAX_HELD_BYTES = 512 * 1_024 * 1_024;
/** What a frame of a ping has beside its data, with the mask that clients use (RFC 6455, 5.2). */
const PING_BYTES = 6;

/** The code of RFC 6455's registry with which a socket is closed that there is no room for. */
const TRY_AGAIN_LATER = 1013;

/** What all clients share: how much is in memory for them, and who comes next. */
type Shared = { heldBytes: number; readonly turns: Turns.Turns };

export type RpcServer = {
  readonly url: string;
  readonly webSocketUrl: string;
  readonly close: () => Promise<void>;
};

export type Listen = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Called when a WebSocket client has gone, so that its subscriptions can be dropped. */
  readonly onDisconnect: (connection: Connection) => void;
};

/** Starts answering; throws PortInUseError or UnusablePortError when the port cannot be had. */
export async function serve(dispatcher: Dispatch, listen: Listen): Promise<RpcServer> {
  const shared: Shared = { heldBytes: 0, turns: Turns.create() };
  const http = createServer(
    TIMEOUTS,
    (request, response) => void answerHttp(dispatcher, shared, request, response),
  );
  http.maxConnections = MAX_CONNECTIONS;
  http.timeout = IDLE_MS;
  const sockets = new WebSocketServer({ server: http, maxPayload: MAX_REQUEST_BYTES });
  sockets.on("connection", (socket, { socket: tcp }) => {
    if (sockets.clients.size > MAX_SOCKETS) socket.close(TRY_AGAIN_LATER, "too many sockets");
    else {
      holdUnread(shared, socket, tcp);
      answerSocket(dispatcher, shared, listen, socket);
    }
  });
  // ws repeats the HTTP server's errors; listenOn below is the one that reports them.
  sockets.on("error", () => undefined);

  const port = await listenOn(http, listen);
  return {
    url: `http://${listen.host}:${port}`,
    webSocketUrl: `ws://${listen.host}:${port}`,
    close: () => close(http, sockets),
  };
}

function listenOn(http: Server, { host, port }: Listen): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) => {
      reject(notListening(host, port, error));
    });
    http.listen(port, host, () => {
      const address = http.address();
      assert(address !== null && typeof address === "object", "a TCP server listens on a port");
      resolve(address.port);
    });
  });
}

/** Why nothing can listen there. */
export function notListening(host: string, port: number, error: NodeJS.ErrnoException): Error {
  return error.code === "EADDRINUSE"
    ? new PortInUseError(host, port)
    : new UnusablePortError(host, port, error);
}

async function close(http: Server, sockets: WebSocketServer): Promise<void> {
  for (const client of sockets.clients) client.terminate();
  sockets.close();
  http.closeAllConnections();
  await new Promise<void>((resolve) => http.close(() => resolve()));
}

const NO_CONTENT = 204;

// Names and values in turn.
const HEADERS: readonly string[] = [
  ...["access-control-allow-origin", "*"],
  ...["access-control-allow-methods", "POST, OPTIONS"],
  ...["access-control-allow-headers", "content-type"],
  ...["access-control-max-age", "86400"],
  ...["content-type", "application/json"],
];

async function answerHttp(
  dispatcher: Dispatch,
  shared: Shared,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "OPTIONS") return end(response, NO_CONTENT, "");
  if (request.method !== "POST") {
    return end(response, 405, failure(null, new InvalidRequestError("use HTTP POST")));
  }
  if (shared.heldBytes > MAX_HELD_BYTES) {
    response.setHeader("connection", "close");
    return end(response, 503, failure(null, new LimitExceededError("too many slow clients")));
  }
  const text = await readBody(request, shared);
  if (text === undefined) {
    const reason = `a request holds at most ${MAX_REQUEST_BYTES} bytes`;
    response.setHeader("connection", "close");
    return end(response, 413, failure(null, new InvalidRequestError(reason)));
  }
  shared.heldBytes += text.length;
  await Turns.wait(shared.turns);
  // Nobody waits for the answers to those who ask and go, as often as they like.
  const isGone = response.destroyed;
  const answer = isGone ? undefined : await dispatch(dispatcher, text, { send: undefined });
  shared.heldBytes -= text.length;
  // Who has gone meanwhile closes nothing more.
  if (response.destroyed) return;
  const bytes = answer?.length ?? 0;
  shared.heldBytes += bytes;
  response.once("close", () => (shared.heldBytes -= bytes));
  end(response, answer === undefined ? NO_CONTENT : 200, answer ?? "");
}

/** The whole body, or undefined if it is too long (or the client went away). */
function readBody(request: IncomingMessage, shared: Shared): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const letGo = () => {
      shared.heldBytes -= length;
      length = 0;
    };
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      shared.heldBytes += chunk.length;
      if (shared.heldBytes > MAX_HELD_BYTES) request.destroy();
      if (length > MAX_REQUEST_BYTES) resolve(undefined);
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", () => resolve(undefined));
    request.on("close", letGo);
  });
}

function end(response: ServerResponse, status: number, body: string): void {
  // Of known length, head and body go out in one write. What has no content has no length either (RFC 9110, 8.6).
  const length = ["content-length", String(Buffer.byteLength(body))];
  response.writeHead(status, status === NO_CONTENT ? [...HEADERS] : [...HEADERS, ...length]);
  response.end(body);
}

/** Counts what has come of a message that is not whole yet; a client that does not end it is sent away. */
function holdUnread(shared: Shared, socket: WebSocket, tcp: Socket): void {
  let unread = 0;
  let timer: NodeJS.Timeout | undefined;
  const hold = (bytes: number) => {
    shared.heldBytes += bytes - unread;
    unread = bytes;
    if (unread > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
  const expire = () => {
    if (!socket.isPaused) return socket.terminate();
    timer = setTimeout(expire, TIMEOUTS.requestTimeout);
  };
  // Before the socket itself reads: a chunk may end a message.
  tcp.prependListener("data", (chunk: Buffer) => {
    hold(unread + chunk.length);
    timer ??= setTimeout(expire, TIMEOUTS.requestTimeout);
    if (shared.heldBytes > MAX_HELD_BYTES) socket.terminate();
  });
  socket.on("message", () => hold(0));
  socket.on("ping", (data) => hold(Math.max(unread - PING_BYTES - data.length, 0)));
  socket.on("close", () => hold(0));
}

function answerSocket(
  dispatcher: Dispatch,
  shared: Shared,
  listen: Listen,
  socket: WebSocket,
): void {
  const send = (message: string): boolean => {
    if (socket.readyState !== socket.OPEN) return false;
    const isTooMuch = shared.heldBytes > MAX_HELD_BYTES && socket.bufferedAmount > message.length;
    if (isTooMuch || socket.bufferedAmount > MAX_UNREAD_BYTES) {
      socket.terminate();
      return false;
    }
    shared.heldBytes += message.length;
    socket.send(message, () => (shared.heldBytes -= message.length));
    return true;
  };
  const connection: Connection = { send };
  const isGone = () => socket.readyState === socket.CLOSED;
  // Requests of one socket are answered in order, as nonces of one wallet rely on it.
  let previous: Promise<unknown> = Promise.resolve();
  let unanswered = 0;
  let bytes = 0;
  socket.on("message", (data: Buffer) => {
    unanswered += 1;
    bytes += data.length;
    shared.heldBytes += data.length;
    if (unanswered >= MAX_UNANSWERED || bytes >= MAX_UNANSWERED_BYTES) socket.pause();
    previous = previous
      .then(() => Turns.wait(shared.turns))
      .then(() => (isGone() ? undefined : dispatch(dispatcher, data.toString("utf8"), connection)))
      .then((answer) => {
        unanswered -= 1;
        bytes -= data.length;
        shared.heldBytes -= data.length;
        const hasRoom = unanswered < MAX_UNANSWERED / 2 && bytes < MAX_UNANSWERED_BYTES / 2;
        if (socket.isPaused && hasRoom) socket.resume();
        if (answer !== undefined) send(answer);
      });
  });
  socket.on("close", () => listen.onDisconnect(connection));
  // An oversized or malformed frame closes the socket with its own status code; nothing else to do.
  socket.on("error", () => socket.terminate());
}

export class PortInUseError extends Error {
  override readonly name = "Server.PortInUseError";
  readonly host: string;
  readonly port: number;
  constructor(host: string, port: number) {
    super(`port ${port} on ${host} is already in use: stop what listens there, or choose another`);
    this.host = host;
    this.port = port;
  }
}

/** The system lets nothing listen there, for another reason than that something does. */
export class UnusablePortError extends Error {
  override readonly name = "Server.UnusablePortError";
  readonly host: string;
  readonly port: number;
  constructor(host: string, port: number, cause: Error) {
    super(`cannot listen on port ${port} of ${host}: ${cause.message}`, { cause });
    this.host = host;
    this.port = port;
  }
}
