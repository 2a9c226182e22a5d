// The channels' signed messages as EIP-712 tools describe them, and values as ethers takes them.
import type { TypedDataField } from "ethers";
import * as Hex from "../../src/primitives/hex.ts";

export type Fields = Record<string, TypedDataField[]>;

function fields(text: string): TypedDataField[] {
  return text.split(",").map((field) => {
    const [type = "", name = ""] = field.trim().split(" ");
    return { type, name };
  });
}

const Asset = fields("address token,int128 net,uint128 outA,uint128 outB");
const stateFields =
  "bytes32 channelId,uint64 version,bool isFinal,Asset[] assets,bytes32 locks,bytes32 app";

export const STATE: Fields = { State: fields(stateFields), Asset };
export const CHALLENGE: Fields = { Challenge: fields("bytes32 state") };
export const DRAW: Fields = {
  Draw: fields("bytes32 channelId,address token,uint112 total,uint112 against,uint40 deadline"),
};
export const TOWER_FEE: Fields = {
  TowerFee: fields(
    "bytes32 channelId,address tower,address token,uint112 amount,uint64 minVersion,uint40 deadline",
  ),
};

/** The domain of an adjudicator. */
export function domainOf(chainId: bigint, verifyingContract: string) {
  return { name: "Tribunal Channels", version: "1", chainId, verifyingContract };
}

type Shown<Value> = Value extends Uint8Array
  ? string
  : Value extends readonly (infer Item)[]
    ? Shown<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Shown<Value[Key]> }
      : Value;

/** A value of the sources with its byte strings as hex, which is what ethers takes. */
export function shown<Value>(value: Value): Shown<Value>;
export function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return Hex.fromBytes(value);
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}
