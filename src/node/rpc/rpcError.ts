// JSON-RPC failures a client can act on: the codes of JSON-RPC 2.0 and of EIP-1474.

/** A failure that is answered to the client with its code, text and optional data. */
export class RpcError extends Error {
  override readonly name: string = "RpcError";
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export class ParseError extends RpcError {
  override readonly name = "Rpc.ParseError";
  constructor() {
    super(-32700, "parse error: the request is not JSON");
  }
}

export class InvalidRequestError extends RpcError {
  override readonly name = "Rpc.InvalidRequestError";
  constructor(reason: string) {
    super(-32600, `invalid request: ${reason}`);
  }
}

export class MethodNotFoundError extends RpcError {
  override readonly name = "Rpc.MethodNotFoundError";
  constructor(method: string) {
    super(-32601, `the method ${method} does not exist/is not available`);
  }
}

export class InvalidParamsError extends RpcError {
  override readonly name = "Rpc.InvalidParamsError";
  constructor(reason: string) {
    super(-32602, `invalid params: ${reason}`);
  }
}

export class InternalError extends RpcError {
  override readonly name = "Rpc.InternalError";
  constructor() {
    super(-32603, "internal error");
  }
}

/** Input that is well formed but cannot be acted on (geth's catch-all code). */
export class InvalidInputError extends RpcError {
  override readonly name = "Rpc.InvalidInputError";
  constructor(reason: string) {
    super(-32000, reason);
  }
}

export class ResourceNotFoundError extends RpcError {
  override readonly name = "Rpc.ResourceNotFoundError";
  constructor(what: string) {
    super(-32001, `${what} not found`);
  }
}

/** More was asked for than one answer may hold (EIP-1474). */
export class LimitExceededError extends RpcError {
  override readonly name = "Rpc.LimitExceededError";
  constructor(what: string) {
    super(-32005, `limit exceeded: ${what}`);
  }
}

/** A transaction that was taken and is in no block yet: code 4 and its hash, as EIP-7966 has it. */
export class NotMinedInTimeError extends RpcError {
  override readonly name = "Rpc.NotMinedInTimeError";
  constructor(hash: `0x${string}`, milliseconds: number) {
    super(4, `the transaction was taken, but is in no block after ${milliseconds} ms`, hash);
  }
}

/** A call that reverted: code 3 and the return data, as every Ethereum client answers it. */
export class ExecutionRevertedError extends RpcError {
  override readonly name = "Rpc.ExecutionRevertedError";
  constructor(reason: string | undefined, data: `0x${string}`) {
    super(3, reason === undefined ? "execution reverted" : `execution reverted: ${reason}`, data);
  }
}

/** Why a call, a block or an override is not taken, with the codes that execution-apis give for eth_simulateV1. */
const REFUSALS = {
  nonceTooLow: -38010,
  nonceTooHigh: -38011,
  feeCapTooLow: -38012,
  intrinsicGasTooLow: -38013,
  insufficientFunds: -38014,
  blockGasExceeded: -38015,
  blockNumberNotRising: -38020,
  timestampNotRising: -38021,
  precompileMovedToItself: -38022,
  precompileMovedTwice: -38023,
  senderHasCode: -38024,
  initcodeTooLong: -38025,
  tooManyBlocks: -38026,
} as const;

export type RefusalKind = keyof typeof REFUSALS;

/** A call, a block or an override that cannot be. */
export class RefusedError extends RpcError {
  override readonly name = "Rpc.RefusedError";
  readonly kind: RefusalKind;
  constructor(kind: RefusalKind, reason: string) {
    super(REFUSALS[kind], reason);
    this.kind = kind;
  }
}
