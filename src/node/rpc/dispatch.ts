// JSON-RPC 2.0 without a transport: request text in, response text out.

import { setImmediate } from "node:timers/promises";
import * as Rpc from "./rpcError.ts";

/** What a method may know of its caller: a WebSocket can be sent more than the answer, and says whether it is still there. */
export type Connection = { readonly send: ((message: string) => boolean) | undefined };

export type Method = (params: readonly unknown[], connection: Connection) => unknown;

export type Methods = Readonly<Record<string, Method>>;

export type Dispatch = {
  readonly methods: Methods;
  /** Told of failures that are this program's fault, never of a client's mistakes. */
  readonly onInternalError: (method: string, error: unknown) => void;
};

type Id = string | number | null;

export const MAX_BATCH_REQUESTS = 1_000;

/** What one batch may take of everybody's time, and of memory for its answers: as much as in other clients. */
export const MAX_BATCH_MS = 5_000;
export const MAX_BATCH_ANSWER_BYTES = 25_000_000;

/** After so long the rest of a batch lets others come first. */
const TURN_MS = 10;
const METHOD_SHOWN = 80;

/** Answers one request or one batch; undefined when only notifications were sent. */
export async function dispatch(
  { methods, onInternalError }: Dispatch,
  text: string,
  connection: Connection,
): Promise<string | undefined> {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return failure(null, new Rpc.ParseError());
  }

  const answerOne = (one: unknown) => answer(methods, onInternalError, one, connection);
  if (!Array.isArray(request)) return answerOne(request);

  if (request.length === 0) return failure(null, new Rpc.InvalidRequestError("empty batch"));
  if (request.length > MAX_BATCH_REQUESTS) {
    const reason = `a batch holds at most ${MAX_BATCH_REQUESTS} requests, got ${request.length}`;
    return failure(null, new Rpc.InvalidRequestError(reason));
  }
  const responses = await answerAll(request, answerOne);
  const answers = responses.filter((response) => response !== undefined);
  return answers.length === 0 ? undefined : `[${answers.join(",")}]`;
}

// Begun one after another, so that a batch of transactions from one sender keeps its order; then they wait for the disk
// together. What comes after the batch has had its share is refused, one by one.
async function answerAll(
  requests: readonly unknown[],
  answerOne: (request: unknown) => Promise<string | undefined>,
): Promise<(string | undefined)[]> {
  const responses: Promise<string | undefined>[] = [];
  let spentMs = 0;
  let bytes = 0;
  let turnBegan = performance.now();
  const isTooMuch = () => spentMs > MAX_BATCH_MS || bytes > MAX_BATCH_ANSWER_BYTES;
  for (const request of requests) {
    if (isTooMuch()) {
      responses.push(Promise.resolve(refuse(request)));
      continue;
    }
    const began = performance.now();
    const response = answerOne(request).then((text) => {
      bytes += text?.length ?? 0;
      return bytes > MAX_BATCH_ANSWER_BYTES ? refuse(request) : text;
    });
    responses.push(response);
    spentMs += performance.now() - began;
    if (performance.now() - turnBegan < TURN_MS) continue;
    await setImmediate();
    turnBegan = performance.now();
  }
  return Promise.all(responses);
}

function refuse(request: unknown): string | undefined {
  if (typeof request !== "object" || request === null || !("id" in request)) return undefined;
  const { id } = request;
  const limits = `${MAX_BATCH_MS} ms and ${MAX_BATCH_ANSWER_BYTES} bytes`;
  const error = new Rpc.LimitExceededError(`a batch may take ${limits}`);
  return failure(typeof id === "string" || typeof id === "number" ? id : null, error);
}

async function answer(
  methods: Methods,
  onInternalError: Dispatch["onInternalError"],
  request: unknown,
  connection: Connection,
): Promise<string | undefined> {
  if (typeof request !== "object" || request === null || Array.isArray(request)) {
    return failure(null, new Rpc.InvalidRequestError("expected an object"));
  }
  const id = "id" in request ? request.id : undefined;
  if (id !== undefined && id !== null && typeof id !== "string" && typeof id !== "number") {
    return failure(null, new Rpc.InvalidRequestError("id must be a string, a number or null"));
  }
  const method = "method" in request ? request.method : undefined;
  if (typeof method !== "string") {
    return failure(id ?? null, new Rpc.InvalidRequestError("method must be a string"));
  }
  const params = "params" in request ? (request.params ?? []) : [];

  const response = await call(methods, onInternalError, id ?? null, method, params, connection);
  return id === undefined ? undefined : response;
}

async function call(
  methods: Methods,
  onInternalError: Dispatch["onInternalError"],
  id: Id,
  method: string,
  params: unknown,
  connection: Connection,
): Promise<string> {
  try {
    if (!Array.isArray(params)) throw new Rpc.InvalidParamsError("expected an array");
    const implementation = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (implementation === undefined)
      throw new Rpc.MethodNotFoundError(method.slice(0, METHOD_SHOWN));
    const result = await implementation(params, connection);
    return JSON.stringify({ jsonrpc: "2.0", id, result: result ?? null });
  } catch (error) {
    if (error instanceof Rpc.RpcError) return failure(id, error);
    onInternalError(method, error);
    return failure(id, new Rpc.InternalError());
  }
}

/** The response text of a failure. */
export function failure(id: Id, error: Rpc.RpcError): string {
  const { code, message, data } = error;
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } });
}
