// A lean JSON-RPC client, so that the one who sends costs little beside the one who answers.
import { Agent, request as httpRequest } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

export type Call = { readonly method: string; readonly params: readonly unknown[] };
type Answer = { readonly result?: unknown; readonly error?: { readonly message: string } };

const RETRY_MS = 50;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** URLs taken apart, each once. */
const servers = new Map<string, { readonly host: string; readonly port: string }>();

/** The result of one call. */
export async function request(
  url: string,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  const answer = (await post(url, bodyOf({ method, params }, 1))) as Answer;
  return resultOf(answer, method);
}

/** The results of calls in one request, in their order. */
export async function batch(url: string, calls: readonly Call[]): Promise<unknown[]> {
  const answers = (await post(url, calls.map(bodyOf))) as (Answer & { readonly id: number })[];
  return answers
    .toSorted((one, other) => one.id - other.id)
    .map((answer) => resultOf(answer, "batch"));
}

/** Waits until somebody answers at the URL. */
export async function untilItAnswers(url: string, milliseconds: number): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      await request(url, "eth_chainId", []);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(RETRY_MS);
    }
  }
}

function serverOf(url: string): { readonly host: string; readonly port: string } {
  let server = servers.get(url);
  if (server === undefined) {
    const { hostname, port } = new URL(url);
    server = { host: hostname, port };
    servers.set(url, server);
  }
  return server;
}

function bodyOf({ method, params }: Call, id: number) {
  return { jsonrpc: "2.0", id, method, params };
}

function resultOf({ result, error }: Answer, method: string): unknown {
  if (error !== undefined) throw new RefusedError(method, error.message);
  return result;
}

function post(url: string, body: unknown): Promise<unknown> {
  // A string goes out in one write with the head, bytes in another.
  const text = JSON.stringify(body);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const to = serverOf(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ ...to, method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString()));
        } catch (error) {
          reject(error instanceof Error ? error : new TypeError("an answer is JSON"));
        }
      });
      response.once("error", reject);
    });
    sent.once("error", reject);
    sent.end(text);
  });
}

export class RefusedError extends Error {
  override readonly name = "JsonRpc.RefusedError";
  readonly method: string;
  constructor(method: string, reason: string) {
    super(`${method}: ${reason}`);
    this.method = method;
  }
}
