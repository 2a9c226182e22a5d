// Handing transactions in, and looking at those that wait.

import { setTimeout as pause } from "node:timers/promises";
import * as Bytes from "../../../primitives/bytes.ts";
import * as Hex from "../../../primitives/hex.ts";
import * as Transaction from "../../../protocol/transaction.ts";
import type { Backend, Waiting } from "../../backend.ts";
import type { BlockRecord } from "../../record.ts";
import * as Blocks from "../blocks.ts";
import type { Methods } from "../dispatch.ts";
import * as FormatTransaction from "../formatTransaction.ts";
import * as Nonces from "../nonces.ts";
import * as Params from "../params.ts";
import { InvalidParamsError, LimitExceededError, NotMinedInTimeError } from "../rpcError.ts";
import { receiptOfHash } from "./blockMethods.ts";

/** How long eth_sendRawTransactionSync waits if it is not told, and at most (EIP-7966). */
const PATIENCE_MS = 5_000;
const MOST_PATIENCE_MS = 20_000;
const LOOK_MS = 20;
/** Each looks fifty times a second, and holds its connection. */
const MAX_PATIENT = 1_000;

/** Methods that take transactions, and show those that wait. */
export function create(backend: Backend): Methods {
  const { chain } = backend;
  let patient = 0;
  const waitFor = async (hash: Uint8Array, patience: number) => {
    const endsAt = performance.now() + patience;
    for (let seen: BlockRecord | undefined; performance.now() < endsAt; await pause(LOOK_MS)) {
      if (seen === chain.head) continue;
      seen = chain.head;
      const receipt = receiptOfHash(chain, hash);
      if (receipt !== undefined) return receipt;
    }
    throw new NotMinedInTimeError(Hex.fromBytes(hash), patience);
  };
  const isPending = ({ sender, nonce }: Waiting) => {
    const account = Blocks.account(chain.tip.state, sender);
    return nonce < backend.pendingNonce(sender, account.nonce);
  };
  return {
    eth_sendRawTransaction: async ([encoded]) =>
      Hex.fromBytes(await backend.submit(Params.bytes(encoded, "transaction"))),

    eth_sendRawTransactionSync: async ([encoded, timeout]) => {
      const patience = patienceOf(timeout);
      if (patient >= MAX_PATIENT)
        throw new LimitExceededError(`more than ${MAX_PATIENT} wait for receipts; ask for them`);
      patient += 1;
      try {
        return await waitFor(await backend.submit(Params.bytes(encoded, "transaction")), patience);
      } finally {
        patient -= 1;
      }
    },

    eth_getTransactionBySenderAndNonce: ([address, value]) => {
      const sender = Bytes.toBigInt(Params.address(address, "sender"));
      const nonce = Params.quantity(value, "nonce");
      const waiting = backend
        .allWaiting()
        .find((one) => one.sender === sender && one.nonce === nonce);
      if (waiting !== undefined) return wholeOf(waiting);
      const found = Nonces.find(backend, sender, nonce);
      return found === undefined ? null : FormatTransaction.mined(found.place, found.record);
    },

    txpool_status: () => {
      const all = backend.allWaiting();
      const pending = all.filter(isPending).length;
      const quantity = (count: number) => Hex.fromBigInt(BigInt(count));
      return { pending: quantity(pending), queued: quantity(all.length - pending) };
    },
    txpool_contentFrom: ([address]) => {
      const sender = Bytes.toBigInt(Params.address(address, "address"));
      const own = backend.allWaiting().filter((one) => one.sender === sender);
      return {
        pending: byNonce(own.filter(isPending)),
        queued: byNonce(own.filter((one) => !isPending(one))),
      };
    },
    txpool_inspect: () => {
      const all = backend.allWaiting();
      return {
        pending: bySender(all.filter(isPending), summaryOf),
        queued: bySender(
          all.filter((one) => !isPending(one)),
          summaryOf,
        ),
      };
    },
    txpool_content: () => {
      const all = backend.allWaiting();
      return {
        pending: bySender(all.filter(isPending), wholeOf),
        queued: bySender(
          all.filter((one) => !isPending(one)),
          wholeOf,
        ),
      };
    },
  };
}

function patienceOf(value: unknown): number {
  if (value === undefined || value === null) return PATIENCE_MS;
  const asked = typeof value === "number" ? value : Number(Params.quantity(value, "timeout"));
  if (!(asked > 0))
    throw new InvalidParamsError("timeout: expected a positive number of milliseconds");
  return Math.min(asked, MOST_PATIENCE_MS);
}

function byNonce(transactions: readonly Waiting[]): Record<string, unknown> {
  const [own] = Object.values(bySender(transactions, wholeOf));
  return own ?? {};
}

function bySender(transactions: readonly Waiting[], describe: (waiting: Waiting) => unknown) {
  const senders: Record<string, Record<string, unknown>> = {};
  for (const waiting of transactions) {
    const own = (senders[Hex.fromBytes(Bytes.fromBigInt(waiting.sender, 20))] ??= {});
    own[waiting.nonce.toString()] = describe(waiting);
  }
  return senders;
}

function wholeOf({ encoded, sender }: Waiting): unknown {
  return FormatTransaction.waiting(encoded, Bytes.fromBigInt(sender, 20));
}

/** One line, as geth has it. */
function summaryOf(waiting: Waiting): string {
  const type = FormatTransaction.typeOf(waiting.encoded);
  const { to, value, gasLimit, maxFeePerGas } = Transaction.parse(waiting.encoded, type);
  const where = to === null ? "contract creation" : Hex.fromBytes(Bytes.fromBigInt(to, 20));
  return `${where}: ${value} wei + ${gasLimit} gas × ${maxFeePerGas} wei`;
}
