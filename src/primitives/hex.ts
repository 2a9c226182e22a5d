// Hexadecimal text, used only at the edges: RPC, JSON, logs and test literals.

export type Hex = `0x${string}`;

/** Writes bytes as lower-case hex. */
export function fromBytes(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;
}

/** Reads an even number of hex digits after `0x` as bytes; throws NotHexError or OddDigitsError. */
export function toBytes(hex: string): Uint8Array {
  // Not left to Buffer: it takes U+0130 for the digit 0, as it looks at the lower half of a character only.
  if (!/^0x[0-9a-fA-F]*$/.test(hex)) throw new NotHexError(hex);
  if (hex.length % 2 !== 0) throw new OddDigitsError(hex);
  return new Uint8Array(Buffer.from(hex.slice(2), "hex"));
}

/** Writes an integer as a JSON-RPC quantity: no leading zeros, zero is `0x0`; throws NegativeQuantityError. */
export function fromBigInt(value: bigint): Hex {
  if (value < 0n) throw new NegativeQuantityError(value);
  return `0x${value.toString(16)}`;
}

/** A string that stands for the bytes as a map key; shorter than hex and not for display. */
export function key(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** The bytes that a map key stands for. */
export function fromKey(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key, "latin1"));
}

export class NotHexError extends TypeError {
  override readonly name = "Hex.NotHexError";
  readonly text: string;
  constructor(text: string) {
    super(`expected 0x and hex digits, got ${JSON.stringify(text.slice(0, 80))}`);
    this.text = text;
  }
}

export class OddDigitsError extends TypeError {
  override readonly name = "Hex.OddDigitsError";
  readonly text: string;
  constructor(text: string) {
    super(`expected an even number of hex digits, got ${text.length - 2}`);
    this.text = text;
  }
}

export class NegativeQuantityError extends RangeError {
  override readonly name = "Hex.NegativeQuantityError";
  readonly value: bigint;
  constructor(value: bigint) {
    super(`expected a non-negative integer, got ${value}`);
    this.value = value;
  }
}
