// Traces of calls, transactions and blocks, as geth's debug namespace gives them.

import * as Cursor from "../../../machine/cursor.ts";
import type * as Machine from "../../../machine/machine.ts";
import * as Logs from "../../../machine/logs.ts";
import type * as TransactionContext from "../../../machine/transactionContext.ts";
import * as View from "../../../machine/view.ts";
import * as World from "../../../machine/world.ts";
import * as Bytes from "../../../primitives/bytes.ts";
import * as Hex from "../../../primitives/hex.ts";
import * as BlockHeader from "../../../protocol/blockHeader.ts";
import type { Backend } from "../../backend.ts";
import * as Chain from "../../chain.ts";
import * as Database from "../../database.ts";
import type { BlockRecord } from "../../record.ts";
import * as Blocks from "../blocks.ts";
import * as Budget from "../budget.ts";
import * as Call from "../call.ts";
import * as CallTracer from "../callTracer.ts";
import type { Methods } from "../dispatch.ts";
import * as Overrides from "../overrides.ts";
import * as Params from "../params.ts";
import * as PrestateTracer from "../prestateTracer.ts";
import * as Replay from "../replay.ts";
import { InvalidInputError, LimitExceededError, ResourceNotFoundError } from "../rpcError.ts";
import * as SelectorCounts from "../selectorCounts.ts";
import * as StructLogger from "../structLogger.ts";
import * as TraceParams from "../traceParams.ts";

/** A trace in the making: shown every state, then asked for what it is of a result. */
type Tracer = {
  readonly observe: Call.Observe;
  readonly finish: (result: Machine.Result) => unknown;
  readonly bytes: () => number;
};

/** Methods that trace. */
export function create(backend: Backend): Methods {
  const { chain } = backend;

  const traceBlock = (block: BlockRecord, options: unknown) => {
    const config = TraceParams.parse(options);
    const budget = Budget.begin("tracing this block");
    const replay = Replay.begin(backend, block);
    let bytes = 0;
    return replay.transactions.map(({ hash }) => {
      const tracer = tracerOf(config, replay.machine);
      const result = Replay.next(replay, budget, tracer.observe);
      bytes += tracer.bytes();
      if (bytes > StructLogger.MAX_TRACE_BYTES) {
        throw new LimitExceededError("the traces of this block are too long for one answer");
      }
      return { txHash: Hex.fromBytes(hash), result: tracer.finish(result) };
    });
  };

  return {
    debug_traceTransaction: ([value, options]) => {
      const config = TraceParams.parse(options);
      const row = Database.transaction(chain.database, Params.hash(value, "hash"));
      const block = row === undefined ? undefined : Chain.blockByNumber(chain, BigInt(row.block));
      if (row === undefined || block === undefined) throw new ResourceNotFoundError("transaction");
      const budget = Budget.begin("tracing this transaction");
      const replay = Replay.begin(backend, block);
      while (replay.done < row.position) Replay.next(replay, budget);
      const tracer = tracerOf(config, replay.machine);
      return tracer.finish(Replay.next(replay, budget, tracer.observe));
    },
    debug_traceCall: ([transaction, block, options]) => {
      const config = TraceParams.parse(options);
      const request = Params.callRequest(transaction);
      const place = Call.placeAt(backend, Params.blockId(block, "block"), config.changes);
      const { context } = chain;
      const tracer = tracerOf(config, {
        context,
        world: World.create(place.state, Logs.EMPTY_BLOOM),
      });
      return Overrides.run(() =>
        tracer.finish(Call.run(place, request, Call.gasCap(request), tracer.observe)),
      );
    },
    debug_traceBlockByNumber: ([id, options]) =>
      traceBlock(Blocks.require(backend, Params.blockId(id, "block")), options),
    debug_traceBlockByHash: ([hash, options]) =>
      traceBlock(Blocks.require(backend, { hash: Params.hash(hash, "hash") }), options),

    debug_getRawHeader: ([id]) => {
      const { header } = Blocks.require(backend, Params.blockId(id, "block"));
      return Hex.fromBytes(BlockHeader.encode(header));
    },
    debug_getRawTransaction: ([value]) => {
      const row = Database.transaction(chain.database, Params.hash(value, "hash"));
      if (row === undefined) throw new InvalidInputError("transaction not found");
      return Hex.fromBytes(row.encoded);
    },
  };
}

/** A tracer of a transaction that begins in this world. */
function tracerOf(
  { tracer, call, prestate, struct }: TraceParams.TraceConfig,
  { context, world }: Pick<Machine.Machine, "context" | "world">,
): Tracer {
  switch (tracer) {
    case "callTracer": {
      const calls = CallTracer.create(call);
      return {
        observe: (machine) => CallTracer.observe(calls, machine),
        finish: (result) => callOf(calls, result),
        bytes: () => calls.bytes,
      };
    }
    case "4byteTracer": {
      const calls = CallTracer.create({ onlyTopCall: false, withLog: false });
      return {
        observe: (machine) => CallTracer.observe(calls, machine),
        finish: (result) => SelectorCounts.of(callOf(calls, result), context.fork),
        bytes: () => calls.bytes,
      };
    }
    case "prestateTracer": {
      const accounts = PrestateTracer.create(prestate, world.state);
      return {
        observe: (machine) => PrestateTracer.observe(accounts, machine),
        finish: () => PrestateTracer.finish(accounts),
        bytes: () => PrestateTracer.bytes(accounts),
      };
    }
    case undefined:
      return structTracer(struct);
  }
}

function callOf(
  calls: CallTracer.CallTracer,
  { transaction, gasUsed }: Machine.Result,
): CallTracer.CallFrame {
  return calls.top === null
    ? CallTracer.unbegun(messageOf(transaction))
    : CallTracer.finish(calls, transaction.gasLimit, gasUsed);
}

function structTracer(struct: StructLogger.Options): Tracer {
  const logger = StructLogger.create(struct);
  return {
    observe: (machine) => StructLogger.observe(logger, machine),
    finish: ({ gasUsed, status, output }) => ({
      gas: Number(gasUsed),
      failed: status !== Cursor.STATUS_SUCCESS,
      returnValue: status === Cursor.STATUS_HALT ? "0x" : Hex.fromBytes(output),
      structLogs: logger.logs,
    }),
    bytes: () => logger.bytes,
  };
}

function messageOf(transaction: TransactionContext.Transaction) {
  const { sender, to, isCreation, value, data } = transaction;
  return {
    type: isCreation ? "CREATE" : "CALL",
    from: Hex.fromBytes(Bytes.fromBigInt(sender, 20)),
    ...(isCreation ? {} : { to: Hex.fromBytes(Bytes.fromBigInt(to, 20)) }),
    value: Hex.fromBigInt(value),
    input: Hex.fromBytes(View.loadAll(data, null)),
  };
}
