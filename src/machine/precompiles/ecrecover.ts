// Address 0x01: the account that signed a hash.
import * as Bytes from "../../primitives/bytes.ts";
import * as Signature from "../../primitives/signature.ts";
import * as Word from "./word.ts";

const PRICE = 3_000;
const EVEN_V = 27n;
const ODD_V = 28n;

/** The price, whatever the input. */
export function gasCost(): number {
  return PRICE;
}

/** A signature that recovers nothing is a success with empty output, never a failure. */
export function run(input: Uint8Array): Uint8Array {
  const v = Word.at(input, 32);
  if (v !== EVEN_V && v !== ODD_V) return new Uint8Array(0);

  const address = Signature.recover(
    Bytes.slicePadded(input, 0, 32),
    v === ODD_V ? 1 : 0,
    Word.at(input, 64),
    Word.at(input, 96),
  );
  if (address === undefined) return new Uint8Array(0);

  const output = new Uint8Array(32);
  output.set(address, 12);
  return output;
}
