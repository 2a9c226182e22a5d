// Random values of the channels' formats, edges included.
import fc from "fast-check";
import type { AppState } from "../../src/channels/appState.ts";
import type { Asset, State } from "../../src/channels/channelState.ts";
import type { Lock } from "../../src/channels/locks.ts";
import type { Params } from "../../src/channels/params.ts";
import type { Draw, TowerFee } from "../../src/channels/typedData.ts";

function unsigned(bits: bigint): fc.Arbitrary<bigint> {
  const max = 2n ** bits - 1n;
  return fc.oneof(fc.bigInt({ min: 0n, max }), fc.constantFrom(0n, 1n, max));
}

function signed(bits: bigint): fc.Arbitrary<bigint> {
  const [min, max] = [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, -1n, 0n, max));
}

const zeroAddress = new Uint8Array(20);

export const word = fc.uint8Array({ minLength: 32, maxLength: 32 });
export const someWord = fc.oneof(word, fc.constant(new Uint8Array(32)));
export const address = fc.oneof(
  fc.uint8Array({ minLength: 20, maxLength: 20 }),
  fc.constantFrom(zeroAddress, zeroAddress.slice().fill(1)),
);
export const time = unsigned(40n);
export const amount = unsigned(128n);

export const params: fc.Arbitrary<Params> = fc.record({
  a: address,
  b: address,
  keyA: address,
  keyB: address,
  token: address,
  period: fc.oneof(unsigned(32n), fc.constantFrom(599n, 600n, 601n, 2_592_000n, 2_592_001n)),
  bond: unsigned(96n),
  salt: unsigned(64n),
});

export const asset: fc.Arbitrary<Asset> = fc.record({
  token: address,
  net: fc.oneof(signed(128n), signed(112n), signed(113n)),
  outA: amount,
  outB: amount,
});

export const state: fc.Arbitrary<State> = fc.record({
  channelId: word,
  version: unsigned(64n),
  isFinal: fc.boolean(),
  assets: fc.array(asset, { maxLength: 4 }),
  locks: someWord,
  app: someWord,
});

export const lock: fc.Arbitrary<Lock> = fc.record({
  kind: fc.oneof(fc.constantFrom(0, 1), fc.nat(255)),
  asset: fc.nat(255),
  aToB: fc.boolean(),
  expiry: time,
  amount,
  key: word,
});

export const appState: fc.Arbitrary<AppState> = fc.record({
  app: address,
  codeHash: word,
  data: fc.uint8Array({ maxLength: 100 }),
});

export const draw: fc.Arbitrary<Draw> = fc.record({
  channelId: word,
  token: address,
  total: unsigned(112n),
  against: unsigned(112n),
  deadline: time,
});

export const towerFee: fc.Arbitrary<TowerFee> = fc.record({
  channelId: word,
  tower: address,
  token: address,
  amount: unsigned(112n),
  minVersion: unsigned(64n),
  deadline: time,
});
