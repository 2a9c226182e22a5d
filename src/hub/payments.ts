// What a party pays and is paid by invoices: payments it began, and invoices it issued.
import type { Reason } from "../channels/client/rejected.ts";
import type { Issued } from "../channels/client/relay.ts";
import * as Hex from "../primitives/hex.ts";
import * as Account from "./account.ts";
import type { Happening } from "./effects.ts";
import * as Unwritten from "./unwritten.ts";

export class Payments {
  readonly #begun = new Map<string, Account.Payment>();
  readonly #issued = new Map<string, Issued>();
  readonly #unwritten: Unwritten.Unwritten;
  readonly #tell: (happening: Happening) => void;

  constructor(unwritten: Unwritten.Unwritten, tell: (happening: Happening) => void) {
    this.#unwritten = unwritten;
    this.#tell = tell;
  }

  /** Takes up what was durable. */
  restore(entry: Exclude<Account.Entry, { kind: "channel" }>): void {
    if (entry.kind === "payment") this.#begun.set(Hex.key(entry.payment.hash), entry.payment);
    else this.#issued.set(Hex.key(entry.issued.invoice.hash), entry.issued);
  }

  /** After a restart: pending payments of which no channel holds the lock were never sent. */
  failUnsent(isSent: (hash: string) => boolean): void {
    for (const [key, { status }] of this.#begun) {
      if (status === "pending" && !isSent(key)) this.fail(key, "not-sent");
    }
  }

  find(hash: Uint8Array): Account.Payment | undefined {
    return this.#begun.get(Hex.key(hash));
  }

  issued(hash: Uint8Array): Issued | undefined {
    return this.#issued.get(Hex.key(hash));
  }

  issue(issued: Issued): void {
    this.#issued.set(Hex.key(issued.invoice.hash), issued);
    Unwritten.put(this.#unwritten, Account.ofIssued(issued));
  }

  /** Nothing depends on it before its lock is proposed. */
  begin(hash: Uint8Array, channelId: Uint8Array): void {
    const open = { status: "pending", secret: undefined, reason: undefined } as const;
    const payment = { hash, channelId, ...open };
    this.#begun.set(Hex.key(hash), payment);
    Unwritten.begin(this.#unwritten, Account.ofPayment(payment));
  }

  /** The secret is the receipt. */
  succeed(hash: string, secret: Uint8Array): void {
    this.#end(hash, { status: "paid", secret });
  }

  /** A payment that is pending has failed; another stays as it is. */
  fail(hash: string, reason: Reason): void {
    if (this.#begun.get(hash)?.status === "pending") this.#end(hash, { status: "failed", reason });
  }

  #end(hash: string, outcome: Partial<Account.Payment>): void {
    const begun = this.#begun.get(hash);
    if (begun === undefined) return;
    const payment = { ...begun, ...outcome };
    this.#begun.set(hash, payment);
    Unwritten.put(this.#unwritten, Account.ofPayment(payment));
    this.#tell({ kind: "payment", payment });
  }
}
