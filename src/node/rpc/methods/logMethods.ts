// eth_getLogs and the filters that clients poll.

import { randomBytes } from "node:crypto";
import * as Hex from "../../../primitives/hex.ts";
import type { Backend, Waiting } from "../../backend.ts";
import * as Chain from "../../chain.ts";
import * as Cuts from "../cuts.ts";
import type { Methods } from "../dispatch.ts";
import * as Logs from "../logs.ts";
import * as Params from "../params.ts";
import { LimitExceededError, ResourceNotFoundError } from "../rpcError.ts";

type Filter = {
  readonly kind: "logs" | "blocks" | "transactions";
  readonly logs: Params.LogFilter | undefined;
  /** How much of the chain's news was fetched. */
  readonly reader: Cuts.Reader;
  /** Waiting transactions that were fetched. */
  readonly fetched: Set<Waiting>;
  usedAt: number;
};

const MAX_FILTERS = 1_000;
/** These remember what waits, which may be as much as the pool holds. */
const MAX_TRANSACTION_FILTERS = 100;
const FILTER_LIFETIME_MS = 5 * 60_000;

/** Methods that find logs, and filters that remember what they have told. */
export function create(backend: Backend): Methods {
  const filters = new Map<string, Filter>();
  const head = () => backend.chain.head.header.number;
  const cuts = Cuts.create();
  backend.chain.beforeCut.push((number) => {
    const isAsked = [...filters.values()].some(({ kind }) => kind === "logs");
    Cuts.add(cuts, backend, number, isAsked);
  });

  const install = (kind: Filter["kind"], logs: Params.LogFilter | undefined) => {
    const now = Date.now();
    for (const [id, { usedAt }] of filters) {
      if (now - usedAt > FILTER_LIFETIME_MS) filters.delete(id);
    }
    makeRoom(filters, () => true, MAX_FILTERS);
    if (kind === "transactions") {
      makeRoom(filters, (one) => one.kind === "transactions", MAX_TRANSACTION_FILTERS);
    }
    const id = Hex.fromBytes(new Uint8Array(randomBytes(16)));
    const fetched = new Set<Waiting>(kind === "transactions" ? backend.allWaiting() : []);
    const reader = { seen: head(), cuts: Cuts.count(cuts) };
    filters.set(id, { kind, logs, reader, fetched, usedAt: now });
    return id;
  };
  const requireFilter = (id: unknown): Filter => {
    const filter = typeof id === "string" ? filters.get(id) : undefined;
    if (filter === undefined) throw new ResourceNotFoundError("filter");
    filter.usedAt = Date.now();
    return filter;
  };
  const changes = (id: unknown): unknown[] => {
    const filter = requireFilter(id);
    const { kind, logs, reader, fetched } = filter;
    if (kind === "transactions") return newlyWaiting(fetched, backend.allWaiting());
    const lost = Cuts.catchUp(cuts, reader);
    const from = reader.seen + 1n;
    reader.seen = head();
    if (logs === undefined) return blockHashes(backend, from, head());
    if (lost === undefined) {
      filters.delete(String(id));
      const remedy = "make a new filter, and read the logs again";
      throw new LimitExceededError(`L1 took back more blocks than are kept for filters; ${remedy}`);
    }
    const removed = Logs.selectFrom(lost, logs).map((log) => ({ ...log, removed: true }));
    return [...removed, ...Logs.inRange(backend, from, head(), logs)];
  };

  return {
    eth_getLogs: ([filter]) => Logs.select(backend, Params.logFilter(filter)),
    eth_newFilter: ([filter]) => install("logs", Params.logFilter(filter)),
    eth_newBlockFilter: () => install("blocks", undefined),
    eth_newPendingTransactionFilter: ([whole]) => {
      Params.requireHashes(whole);
      return install("transactions", undefined);
    },
    eth_getFilterChanges: ([id]) => changes(id),
    eth_getFilterLogs: ([id]) => {
      const { logs } = requireFilter(id);
      if (logs === undefined) throw new ResourceNotFoundError("log filter");
      return Logs.selectSoFar(backend, logs);
    },
    eth_uninstallFilter: ([id]) => typeof id === "string" && filters.delete(id),
  };
}

/** Whoever installs many filters loses the ones that were not asked for longest, and keeps nobody from having one. */
function makeRoom(
  filters: Map<string, Filter>,
  counts: (filter: Filter) => boolean,
  most: number,
): void {
  const counted = [...filters].filter(([, filter]) => counts(filter));
  if (counted.length < most) return;
  const [oldest] = counted.reduce((left, right) =>
    right[1].usedAt < left[1].usedAt ? right : left,
  );
  filters.delete(oldest);
}

function newlyWaiting(fetched: Set<Waiting>, waiting: readonly Waiting[]): string[] {
  const fresh = waiting.filter((one) => !fetched.has(one));
  fetched.clear();
  for (const one of waiting) fetched.add(one);
  return fresh.map(({ hash }) => Hex.fromBytes(hash));
}

function blockHashes({ chain }: Backend, from: bigint, to: bigint): string[] {
  const hashes: string[] = [];
  for (let number = from; number <= to; number++) {
    const block = Chain.blockByNumber(chain, number);
    if (block !== undefined) hashes.push(Hex.fromBytes(block.hash));
  }
  return hashes;
}
