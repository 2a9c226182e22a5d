// What lies between the program and an L1 node: JSON-RPC over HTTP, whose answers are looked at before anybody uses them.
// Load balancers, captive portals and half-dead nodes answer too.
import { BaseError, http as viemHttp, UnknownRpcError, type HttpTransport } from "viem";

type Shape = { readonly expected: string; readonly fits: (result: unknown) => boolean };

const isHex = (value: unknown): boolean => typeof value === "string" && /^0x/.test(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isBlock = (value: unknown): boolean =>
  isObject(value) &&
  ["hash", "number", "timestamp", "parentHash"].every((key) => isHex(value[key]));
const isReceipt = (value: unknown): boolean =>
  isObject(value) && isHex(value["transactionHash"]) && Array.isArray(value["logs"]);
const isLog = (value: unknown): boolean =>
  isObject(value) &&
  ["address", "data", "blockNumber", "blockHash", "logIndex"].every((key) => isHex(value[key])) &&
  Array.isArray(value["topics"]);

const HEX: Shape = { expected: "hex", fits: isHex };
const BLOCK: Shape = { expected: "a block", fits: (value) => value === null || isBlock(value) };
const RECEIPT: Shape = {
  expected: "a receipt",
  fits: (value) => value === null || isReceipt(value),
};
const LOGS: Shape = {
  expected: "logs",
  fits: (value) => Array.isArray(value) && value.every(isLog),
};
const ANYTHING: Shape = { expected: "a result", fits: (value) => value !== undefined };

const SHAPES: Readonly<Record<string, Shape>> = {
  eth_blockNumber: HEX,
  eth_call: HEX,
  eth_chainId: HEX,
  eth_estimateGas: HEX,
  eth_gasPrice: HEX,
  eth_getBalance: HEX,
  eth_getBlockByHash: BLOCK,
  eth_getBlockByNumber: BLOCK,
  eth_getLogs: LOGS,
  eth_getTransactionCount: HEX,
  eth_getTransactionReceipt: RECEIPT,
  eth_maxPriorityFeePerGas: HEX,
  eth_sendRawTransaction: HEX,
};

/** viem's HTTP transport, which throws MalformedAnswerError for an answer that is none. */
export function http(url: string, config: { readonly timeout?: number } = {}): HttpTransport {
  // Whoever asks again says so: untilItWorks.
  const open = viemHttp(url, { ...config, retryCount: 0 });
  return (parameters) => {
    const transport = open(parameters);
    const ask = transport.request as (request: { readonly method: string }) => Promise<unknown>;
    const request = async (asked: { readonly method: string }) => {
      const { expected, fits } = SHAPES[asked.method] ?? ANYTHING;
      const result = await ask(asked).catch((error: unknown) => {
        // viem looks into an answer that is JSON and no object, and stumbles.
        if (!(error instanceof UnknownRpcError && error.cause instanceof TypeError)) throw error;
        throw new MalformedAnswerError(asked.method, expected, null);
      });
      if (!fits(result)) throw new MalformedAnswerError(asked.method, expected, result);
      return result;
    };
    return { ...transport, request: request as typeof transport.request };
  };
}

/** L1 answered, but not what was asked. */
export class MalformedAnswerError extends BaseError {
  override readonly name = "Transport.MalformedAnswerError";
  readonly method: string;
  readonly expected: string;
  constructor(method: string, expected: string, result: unknown) {
    const shown = (JSON.stringify(result) ?? "nothing").slice(0, 60);
    super(`${method}: expected ${expected}, got ${shown}`);
    this.method = method;
    this.expected = expected;
  }
}
