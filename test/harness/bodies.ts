// Bodies that nobody meant: random bytes, and good ones that were damaged.
import fc from "fast-check";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as L1Chain from "./l1Chain.ts";
import * as L2Chain from "./l2Chain.ts";

const TO_BOB = Hex.fromBytes(Bytes.fromBigInt(L2Chain.addressOf(L2Chain.BOB), 20));

const good: readonly Uint8Array[] = [
  L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB, value: 1n }),
  L2Chain.transaction(L2Chain.ALICE, 1, { to: TO_BOB, data: "0x00ab" }),
  L2Chain.legacy(L2Chain.BOB, 0, { to: TO_BOB }),
  L2Chain.transaction(L2Chain.BOB, 1, { to: null, data: "0x600a600055600160015500" }),
  L2Chain.transaction(L2Chain.BOB, 2, { type: 2, to: TO_BOB, maxFeePerGas: 10n ** 9n }),
];

const entry = fc.oneof(
  fc.constantFrom(...good),
  fc.uint8Array({ maxLength: 40 }),
  fc.constant(Bytes.EMPTY),
);
const goodBody = fc
  .array(
    fc.record({
      timestamp: fc.bigInt({ min: L2Chain.GENESIS_TIME - 5n, max: L2Chain.GENESIS_TIME + 200n }),
      transactions: fc.array(entry, { maxLength: 4 }),
    }),
    { maxLength: 4 },
  )
  .map(Body.encode);

const damage = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.nat(3) });
const damagedBody = fc
  .tuple(goodBody, fc.array(damage, { minLength: 1, maxLength: 3 }))
  .map(([body, damages]) => damages.reduce(damaged, body));

// Entries that begin like something: each type, the deposits' own, and what no type has.
const typed = fc
  .tuple(
    fc.constantFrom(0, 1, 2, 3, 4, 0x7e, 0x7f, 0x80, 0xb8, 0xbf, 0xc0, 0xf8, 0xff),
    fc.uint8Array({ maxLength: 30 }),
  )
  .map(([type, rest]) => Bytes.concat(new Uint8Array([type]), rest));
const lie = (largest: number) =>
  fc.option(fc.constantFrom(0, 1, 2, 3, 65_536, 65_537, largest - 1, largest), { freq: 2 });
const lyingEntry = fc
  .record({ bytes: fc.oneof(entry, typed), length: lie(2 ** 24 - 1) })
  .map(({ bytes, length }) =>
    Bytes.concat(Bytes.fromNumber(length ?? bytes.length, Body.ENTRY_HEAD_BYTES), bytes),
  );
const lyingBlock = fc
  .record({
    timestamp: fc.constantFrom(0n, L2Chain.GENESIS_TIME + 101n, 2n ** 63n, 2n ** 64n - 1n),
    entries: fc.array(lyingEntry, { maxLength: 5 }).map((some) => Bytes.concat(...some)),
    size: lie(2 ** 32 - 1),
  })
  .map(({ timestamp, entries, size }) =>
    Bytes.concat(
      Bytes.fromBigInt(timestamp, Body.TIMESTAMP_BYTES),
      Bytes.fromNumber(size ?? entries.length, Body.SIZE_BYTES),
      entries,
    ),
  );
const lyingBody = fc.array(lyingBlock, { maxLength: 4 }).map((blocks) => Bytes.concat(...blocks));

/** Bodies of any kind. */
export const bodies = fc.oneof(damagedBody, goodBody, lyingBody, fc.uint8Array({ maxLength: 120 }));

type Damage = { readonly at: number; readonly byte: number; readonly kind: number };

function damaged(body: Uint8Array, { at, byte, kind }: Damage): Uint8Array {
  const position = at % (body.length + 1);
  if (kind === 0) return body.subarray(0, position);
  const before = body.subarray(0, position);
  if (kind === 1) return Bytes.concat(before, new Uint8Array([byte]), body.subarray(position));
  if (kind === 2) return Bytes.concat(before, body.subarray(position + 1));
  return body.map((old, index) => (index === position ? byte : old));
}

/** Some batches with deposits between them. */
export const posts = fc.array(
  fc.record({
    body: bodies,
    blocks: fc.bigInt({ min: 1n, max: 4n }),
    deposits: fc.array(
      fc.record({
        mint: fc.bigInt({ min: 0n, max: 9n }),
        value: fc.bigInt({ min: 0n, max: 9n }),
        gasLimit: fc.constantFrom(21_000n, 60_000n, 2n ** 24n),
        isCreation: fc.boolean(),
        data: fc.uint8Array({ maxLength: 40 }),
      }),
      { maxLength: 3 },
    ),
    takes: fc.nat(3),
  }),
  { minLength: 1, maxLength: 3 },
);

type Posts = typeof posts extends fc.Arbitrary<infer T> ? T : never;

/** A chain on whose L1 all that was posted. */
export function chainOf(posted: Posts): L2Chain.L2Chain {
  const chain = L2Chain.create();
  for (const { body, blocks, deposits, takes } of posted) {
    for (const deposit of deposits) L1Chain.deposit(chain.l1, deposit);
    L1Chain.mine(chain.l1);
    const waiting = BigInt(chain.l1.deposits.length) - chain.l1.consumed;
    const taken = BigInt(takes) < waiting ? BigInt(takes) : waiting;
    L1Chain.post(chain.l1, { body, blocks, depositsTo: chain.l1.consumed + taken });
  }
  return chain;
}
