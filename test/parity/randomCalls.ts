// Random accounts that call, create and end one another.
import fc from "fast-check";
import * as Opcode from "../../src/machine/opcode.ts";
import * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { callTo, delegation } from "./callScenes.ts";
import { creating } from "./creationScenes.ts";
import { assemble, call } from "./program.ts";
import { ENTRANCE, type Scene, SENDER } from "./transactionScene.ts";

const CONTRACTS = [ENTRANCE, 0xc1n, 0xc2n, 0xc3n];
const DELEGATED = 0xde1n;
const HUSK = 0x40057n;
const NOBODY = 0x404n;
const TOP = 2n ** 256n - 1n;
const MAX_ACTIONS = 6;

const address = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...CONTRACTS) },
  { weight: 3, arbitrary: fc.constantFrom(DELEGATED, HUSK, NOBODY, SENDER) },
  { weight: 1, arbitrary: fc.constantFrom(1n, 2n, 4n, 5n, 6n, 9n, 0x0bn, 0x100n) },
);
const size = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0n) },
  { weight: 6, arbitrary: fc.bigInt(1n, 100n) },
  { weight: 1, arbitrary: fc.bigInt(1_000n, 2_500n) },
);
const offset = fc.oneof(
  { weight: 30, arbitrary: fc.bigInt(0n, 200n) },
  { weight: 1, arbitrary: fc.constantFrom(TOP, 2n ** 32n) },
);
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0n) },
  { weight: 3, arbitrary: fc.bigInt(1n, 50n) },
  { weight: 1, arbitrary: fc.constantFrom(1_000n, TOP) },
);
const gas = fc.oneof(fc.bigInt(0n, 5_000n), fc.bigInt(10_000n, 400_000n), fc.constant(TOP));

const callOne = fc
  .tuple(
    fc.constantFrom(Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL),
    address,
    value,
    gas,
    fc.tuple(offset, size, offset, size),
  )
  .map(([opcode, target, moved, given, buffers]) => callTo(opcode, target, moved, given, buffers));

const store = fc
  .tuple(fc.constantFrom(Opcode.SSTORE, Opcode.TSTORE), fc.bigInt(0n, 3n), fc.bigInt(0n, 2n))
  .map(([opcode, slot, word]) => call(opcode, slot, word));

const ending = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Bytes.EMPTY) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(Opcode.RETURN, Opcode.REVERT), offset, size)
      .map(([opcode, from, length]) => call(opcode, from, length)),
  },
  { weight: 1, arbitrary: fc.constant(Uint8Array.of(Opcode.INVALID)) },
  { weight: 2, arbitrary: address.map((heir) => call(Opcode.SELFDESTRUCT, heir)) },
);

/** Code that calls and creates; what it creates does so too, but less deep. */
function code(depth: number): fc.Arbitrary<Uint8Array> {
  const create = fc
    .tuple(fc.constantFrom(Opcode.CREATE, Opcode.CREATE2), value)
    .chain(([opcode, moved]) =>
      (depth === 0 ? ending : code(depth - 1)).map((initCode) => creating(opcode, initCode, moved)),
    );
  const action = fc.oneof(
    { weight: 6, arbitrary: callOne },
    { weight: 2, arbitrary: create },
    { weight: 1, arbitrary: store },
  );
  return fc
    .tuple(fc.array(action, { minLength: 1, maxLength: MAX_ACTIONS, size: "max" }), ending)
    .map(([actions, end]) => assemble(...actions, end));
}

const transaction: fc.Arbitrary<Partial<TransactionContext.Transaction>> = fc.record({
  kind: fc.constantFrom(TransactionContext.DYNAMIC_FEE, TransactionContext.DEPOSIT),
  isCreation: fc.boolean(),
  value: fc.bigInt(0n, 100n),
  gasLimit: fc.bigInt(100_000n, 3_000_000n),
});

/** A transaction among accounts that act at random; a creation runs the entrance's code. */
export const scene: fc.Arbitrary<Scene> = fc
  .tuple(transaction, fc.tuple(...CONTRACTS.map(() => code(2))), fc.constantFrom(...CONTRACTS))
  .map(([changed, codes, delegate]) => ({
    name: "a random scene",
    data: changed.isCreation === true ? (codes[0] ?? Bytes.EMPTY) : Bytes.EMPTY,
    transaction: changed,
    accounts: [
      ...codes.map((each, index) => {
        const account = { nonce: 1n, balance: 200n, code: each };
        return [CONTRACTS[index] ?? NOBODY, account] as const;
      }),
      [DELEGATED, { nonce: 1n, balance: 9n, code: delegation(delegate) }],
      [HUSK, {}],
    ],
  }));
