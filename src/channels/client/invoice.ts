// What a payee asks for: who pays this much into a lock of this hash gets the secret, which proves the payment.
import * as Bytes from "../../primitives/bytes.ts";
import { keccak256 } from "../../primitives/keccak.ts";
import * as CompactSignature from "../compactSignature.ts";
import { Rejected } from "./rejected.ts";
import * as Wire from "./wire.ts";

export type Invoice = {
  /** The address of the payee's key, which signs the invoice. */
  readonly payee: Uint8Array;
  /** The hub that the payee can be reached through; the payee itself where none is needed. */
  readonly via: Uint8Array;
  readonly chainId: bigint;
  readonly token: Uint8Array;
  readonly amount: bigint;
  readonly hash: Uint8Array;
  /** The last second at which the payee takes the payment. */
  readonly until: bigint;
};

export type SignedInvoice = { readonly invoice: Invoice; readonly signature: Uint8Array };

// Keeps an invoice's hash apart from all that is signed for the adjudicator, which begins with 0x1901.
const DOMAIN = keccak256(new TextEncoder().encode("Tribunal Channels Invoice"));

/** The signed invoice. */
export function sign(invoice: Invoice, sign: (digest: Uint8Array) => Uint8Array): SignedInvoice {
  return { invoice, signature: sign(digestOf(invoice)) };
}

/** The invoice's bytes: payee 20, via 20, chain 32, token 20, amount 16, hash 32, until 5, signature 64. */
export function encode({ invoice, signature }: SignedInvoice): Uint8Array {
  return Bytes.concat(fieldsOf(invoice), signature);
}

/** Reads an invoice that its payee signed; Rejected otherwise. */
export function decode(bytes: Uint8Array): SignedInvoice {
  const from = Wire.reader(bytes);
  const [payee, via] = [Wire.take(from, 20), Wire.take(from, 20)];
  const [chainId, token] = [Wire.integer(from, 32), Wire.take(from, 20)];
  const [amount, hash] = [Wire.integer(from, 16), Wire.take(from, 32)];
  const invoice = { payee, via, chainId, token, amount, hash, until: Wire.integer(from, 5) };
  const signature = Wire.take(from, CompactSignature.SIGNATURE_BYTES);
  Wire.end(from);
  const signer = CompactSignature.recover(digestOf(invoice), signature);
  if (signer === undefined || !Bytes.equals(signer, payee)) {
    throw new Rejected("wrong-signature", [payee, signer ?? Bytes.EMPTY]);
  }
  return { invoice, signature };
}

function digestOf(invoice: Invoice): Uint8Array {
  return keccak256(Bytes.concat(DOMAIN, fieldsOf(invoice)));
}

function fieldsOf({ payee, via, chainId, token, amount, hash, until }: Invoice): Uint8Array {
  return Bytes.concat(
    ...[payee, via, Bytes.fromBigInt(chainId, 32), token],
    ...[Bytes.fromBigInt(amount, 16), hash, Bytes.fromBigInt(until, 5)],
  );
}
