// What a thread that runs a block reads of the chain, asked of the thread that has the database: one connection, one
// owner, and what tests keep in memory serves as well as a file. The machine reads synchronously, so the asking thread
// sleeps until it is answered.
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type * as Account from "../machine/account.ts";
import type * as Inbox from "../machine/inbox.ts";
import { assert } from "../primitives/assert.ts";
import * as Hex from "../primitives/hex.ts";

/** What is read by its hash, and what by its number. */
type Hashed = { readonly node: Uint8Array | undefined; readonly code: Uint8Array };
type Numbered = {
  readonly [Name in Exclude<keyof Inbox.Inbox, "portal">]: ReturnType<Inbox.Inbox[Name]>;
};

type Request =
  | { readonly of: keyof Hashed; readonly hash: Uint8Array }
  | { readonly of: keyof Numbered; readonly number: bigint };

// Errors go as text: not every one survives the way to another thread.
type Reply = { readonly value: unknown } | { readonly failure: string };

/** Where answers come from. */
export type Answers = { readonly source: Account.Source; readonly inbox: Inbox.Inbox };

/** One end for each thread, and the words that both see: whether the asking one is awake, and whether it is to end. */
export type Line = { readonly port: MessagePort; readonly words: Int32Array<SharedArrayBuffer> };

const WAKING = 0;
const ENDING = 1;
const NO = 0;
const YES = 1;

/** The words that both ends of a line share. */
export function sharedWords(): Line["words"] {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Tells the asking thread to end as soon as it can. It is not killed: Node may crash when a thread is, in mid-call. */
export function tellToEnd({ words }: Pick<Line, "words">): void {
  Atomics.store(words, ENDING, YES);
}

/** Whether the asking thread was told to end. */
export function isToldToEnd({ words }: Pick<Line, "words">): boolean {
  return Atomics.load(words, ENDING) === YES;
}

/** Answers whatever is asked at the other end, as long as the line is open. */
export function answer({ port, words }: Line, answers: Answers): void {
  port.on("message", (request: Request) => {
    port.postMessage(replyTo(request, answers));
    Atomics.store(words, WAKING, YES);
    Atomics.notify(words, WAKING);
  });
  port.unref();
}

/**
 * What the other end answers; throws ReadFailedError. Nodes and code are asked for once: the caller keeps them; the inbox is
 * remembered here.
 */
export function ask(line: Line, portal: Uint8Array): Answers {
  const remembered = new Map<string, unknown>();
  const numbered =
    <Name extends keyof Numbered>(of: Name) =>
    (number: bigint): Numbered[Name] => {
      const key = `${of} ${number}`;
      if (!remembered.has(key)) remembered.set(key, request(line, { of, number }));
      return remembered.get(key) as Numbered[Name];
    };
  const hashed =
    <Name extends keyof Hashed>(of: Name) =>
    (hash: Uint8Array): Hashed[Name] =>
      request(line, { of, hash }) as Hashed[Name];
  return {
    source: { nodes: { get: hashed("node") }, code: hashed("code") },
    inbox: {
      portal,
      lastBlock: numbered("lastBlock"),
      batch: numbered("batch"),
      body: numbered("body"),
      originHeader: numbered("originHeader"),
      deposit: numbered("deposit"),
      batchOfDeposit: numbered("batchOfDeposit"),
    },
  };
}

function replyTo(request: Request, { source, inbox }: Answers): Reply {
  try {
    return { value: valueOf(request, source, inbox) };
  } catch (error) {
    return { failure: String(error) };
  }
}

function valueOf(request: Request, source: Account.Source, inbox: Inbox.Inbox): unknown {
  switch (request.of) {
    case "node":
      return source.nodes.get(request.hash);
    case "code":
      return source.code(request.hash);
    case "lastBlock":
    case "batch":
    case "body":
    case "originHeader":
    case "deposit":
    case "batchOfDeposit":
      return inbox[request.of](request.number);
  }
}

function request({ port, words }: Line, what: Request): unknown {
  Atomics.store(words, WAKING, NO);
  port.postMessage(what);
  // Waking is told twice, by the word and by the call: the call for the last answer may come only now, before the next.
  while (Atomics.load(words, WAKING) === NO) Atomics.wait(words, WAKING, NO);
  const received = receiveMessageOnPort(port);
  assert(received !== undefined, "who is woken has been answered");
  const reply = received.message as Reply;
  if ("failure" in reply) throw new ReadFailedError(describe(what), reply.failure);
  return reply.value;
}

function describe(what: Request): string {
  return "hash" in what ? `${what.of} ${Hex.fromBytes(what.hash)}` : `${what.of} ${what.number}`;
}

export class ReadFailedError extends Error {
  override readonly name = "Reads.ReadFailedError";
  readonly what: string;
  readonly why: string;
  constructor(what: string, why: string) {
    super(`the chain could not be asked for ${what}: ${why}`);
    this.what = what;
    this.why = why;
  }
}
