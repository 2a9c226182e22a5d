// The hashed keys of the state, storage, substate and transient tries, remembered because the same
// addresses and slots come again and again.
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";

const REMEMBERED = 65_536;

const addresses = new Map<bigint, Uint8Array>();
const slots = new Map<bigint, Uint8Array>();
const slotsOfAddresses = new Map<bigint, Map<bigint, Uint8Array>>();
let slotsOfAddressesCount = 0;

/** keccak256(address). */
export function ofAddress(address: bigint): Uint8Array {
  return remembered(addresses, address, 20);
}

/** keccak256(slot). */
export function ofSlot(slot: bigint): Uint8Array {
  return remembered(slots, slot, 32);
}

/** keccak256(address ‖ slot). */
export function ofAddressAndSlot(address: bigint, slot: bigint): Uint8Array {
  let own = slotsOfAddresses.get(address);
  if (own === undefined) {
    own = new Map();
    slotsOfAddresses.set(address, own);
  }
  const known = own.get(slot);
  if (known !== undefined) return known;

  if (slotsOfAddressesCount >= REMEMBERED) {
    slotsOfAddresses.clear();
    slotsOfAddresses.set(address, own);
    own.clear();
    slotsOfAddressesCount = 0;
  }
  const key = keccak256(Bytes.concat(Bytes.fromBigInt(address, 20), Bytes.fromBigInt(slot, 32)));
  own.set(slot, key);
  slotsOfAddressesCount++;
  return key;
}

function remembered(keys: Map<bigint, Uint8Array>, value: bigint, length: number): Uint8Array {
  const known = keys.get(value);
  if (known !== undefined) return known;
  if (keys.size >= REMEMBERED) keys.clear();
  const key = keccak256(Bytes.fromBigInt(value, length));
  keys.set(value, key);
  return key;
}
