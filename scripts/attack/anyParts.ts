// Parts of a machine with contents that no run need ever have had: accounts, worlds, memories, frames, transactions.
import * as Account from "../../src/machine/account.ts";
import * as Code from "../../src/machine/code.ts";
import * as Frame from "../../src/machine/frame.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Memory from "../../src/machine/memory.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Stack from "../../src/machine/stack.ts";
import * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as View from "../../src/machine/view.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { noSource } from "../../test/harness/noSource.ts";
import type { Random } from "../../test/machine/seededRandom.ts";
import { listOf, tuple } from "../../test/parity/admissionScenes.ts";
import { delegation } from "../../test/parity/callScenes.ts";

export const COINBASE = 0x4200000000000000000000000000000000000011n;
/** Contracts, people, precompiles, nobody, and pairs whose keys begin alike: 6188903, 907c632db, c205 with no bit of the next two bytes. */
export const ADDRESSES: readonly bigint[] = [
  ...[0xc0den, 0xca11een, 0x5e4de4n, 0xde1e6a7edn, 0x40057n, 0x404n, 2n ** 160n - 1n],
  ...[0n, 1n, 2n, 4n, 5n, 9n, 0x0an, 0x0bn, 0x11n, 0x100n, COINBASE],
  ...[66_214n, 77_852n, 138_110n, 373_859n, 65_031n, 71_895n],
];
const SLOTS = [0n, 1n, 2n, 2n ** 256n - 1n];
const TOP = 2n ** 256n - 1n;
const MAX_U64 = 2n ** 64n - 1n;
const MAX_STACK = 1_024;

/** What is kept within what a run can reach, or what only its type bounds. */
export type Bounds = "lawful" | "lawless";

/** An integer of 64 bits near what rules compare with. */
export function gas(random: Random, bounds: Bounds): bigint {
  const common = [0n, 1n, 2n, 3n, 99n, 100n, 2_300n, 2_301n, 2_600n, 9_000n, 31_999n, 40_000n];
  const high = [2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 9_000n, 2n ** 62n];
  const extreme = bounds === "lawless" ? [2n ** 63n, MAX_U64 - 1n, MAX_U64] : [];
  return random.pick([...common, 200_000n, 2_000_000n, 2n ** 24n, ...high, ...extreme]);
}

/** An address of those above, mostly. */
export function address(random: Random): bigint {
  return random.oneIn(10) ? BigInt.asUintN(160, random.word()) : random.pick(ADDRESSES);
}

/** A memory with something in it. */
export function memory(random: Random): Memory.Memory {
  const words = random.pick([0, 0, 1, 2, 3, 31, 32, 33, 64, 100, random.oneIn(10) ? 2_300 : 5]);
  return Memory.fromBytes(bytes(random, 32 * words));
}

/** A range of bytes that a memory has. */
export function rangeOf(random: Random, { words }: Memory.Memory): [offset: number, size: number] {
  const end = random.pick([32 * words, random.below(32 * words + 1)]);
  const offset = random.pick([0, random.below(end + 1), Math.max(0, end - 1)]);
  return offset === end ? [0, 0] : [offset, end - offset];
}

/** A view of a memory; of size 0 it is the empty one. */
export function view(random: Random, of = memory(random)): View.View {
  const [offset, size] = rangeOf(random, of);
  return View.of(of, offset, size);
}

/** A code: none, a delegation, nearly one, or any bytes of awkward lengths. */
export function code(random: Random): Uint8Array {
  const target = delegation(address(random));
  const size = random.pick([1, 31, 32, 33, 64, 100, random.oneIn(30) ? 24_576 : 7]);
  return random.pick([
    Bytes.EMPTY,
    target,
    Bytes.concat(target, Uint8Array.of(0)),
    target.slice(0, -1),
    Uint8Array.of(0xef),
    instructions(random, size),
    instructions(random, size),
  ]);
}

/** Bytes that are mostly opcodes of all kinds. */
export function instructions(random: Random, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () =>
    random.oneIn(4) ? random.below(256) : random.pick(Opcode.all()),
  );
}

/** A world of accounts at the addresses above, with touched slots and logs behind it. */
export function world(random: Random, bounds: Bounds): World.World {
  let state = PatriciaTrie.emptyWith(Account.codec(noSource));
  for (const each of ADDRESSES) {
    if (random.oneIn(3)) continue;
    state = PatriciaTrie.put(state, HashedKeys.ofAddress(each), account(random, bounds));
  }
  const bloom = { bytes: bytes(random, Logs.BLOOM_BYTES), hashed: null };
  let made = World.create(state, random.oneIn(2) ? Logs.EMPTY_BLOOM : bloom);
  let { substate, transient } = made;
  for (const each of ADDRESSES) {
    if (random.oneIn(2)) {
      const mark = random.oneIn(3) ? World.CREATED : World.ACCESSED;
      substate = PatriciaTrie.put(substate, HashedKeys.ofAddress(each), mark);
    }
    for (const slot of SLOTS) {
      const key = HashedKeys.ofAddressAndSlot(each, slot);
      if (random.oneIn(4))
        substate = PatriciaTrie.put(substate, key, random.pick([0n, 1n, 2n, TOP]));
      if (random.oneIn(4)) transient = PatriciaTrie.put(transient, key, random.pick([1n, TOP]));
    }
  }
  made = World.withTransient(World.withSubstate(made, substate), transient);
  for (let i = random.below(3); i > 0; i--) made = World.addDestroyed(made, address(random));
  if (random.oneIn(2))
    made = World.withLog(made, { address: address(random), topics: [1n], data: bytes(random, 40) });
  return World.applyRefund(made, random.pick([0, 0, 4_800, 100_000, 2 ** 40]));
}

/** A frame above others, whose code has the opcode at its pc; undefined for any code and pc. */
export function frame(
  random: Random,
  bounds: Bounds,
  parent: Frame.Frame | null,
  opcode: number | undefined,
): Frame.Frame {
  const isLawful = bounds === "lawful";
  const bytecode = code(random).slice();
  const pc = random.pick([0, random.below(bytecode.length + 1), bytecode.length]);
  if (opcode !== undefined && pc < bytecode.length) bytecode[pc] = opcode;
  const [outOffset, outSize] = parent === null ? [0, 0] : rangeOf(random, parent.memory);
  const made = Frame.create(
    {
      parent,
      depth: parent === null ? 0 : random.pick([1, 2, 1_023, 1_024]),
      kind: isLawful ? random.below(6) : random.below(256),
      isStatic: random.oneIn(4),
      self: address(random),
      caller: address(random),
      value: random.pick([0n, 1n, TOP]),
      code: Code.of(bytecode),
      input: view(random),
      outOffset: isLawful ? outOffset : random.pick([0, 31, 2 ** 32]),
      outSize: isLawful ? outSize : random.pick([0, 1, 2_000]),
      snapshot: world(random, bounds),
    },
    gas(random, bounds),
  );
  made.pc = isLawful ? pc : random.pick([pc, bytecode.length + 5, 2 ** 32 - 1]);
  made.memory = memory(random);
  made.returned = view(random);
  for (const item of stack(random, made.memory)) Stack.push(made.stack, item);
  return made;
}

/** A transaction with fields in any combination. */
export function transaction(random: Random, bounds: Bounds): TransactionContext.Transaction {
  const data = bytes(random, random.pick([0, 0, 1, 32, 33, 1_500]));
  const authorizations = Array.from({ length: random.below(3) }, () => authorization(random));
  const kinds = [0, 1, 2, 3, 4, TransactionContext.DEPOSIT];
  const price = random.pick([9n, 10n, 30n]);
  return {
    kind: bounds === "lawful" ? random.pick(kinds) : random.below(256),
    hash: bytes(random, 32),
    sender: address(random),
    isCreation: random.oneIn(4),
    to: address(random),
    nonce: random.pick([0n, 1n, 5n, MAX_U64 - 1n, MAX_U64]),
    gasLimit: gas(random, bounds),
    maxFeePerGas: random.pick([0n, 8n, price, 30n, TOP]),
    maxPriorityFeePerGas: random.pick([0n, 1n, price, TOP]),
    gasPrice: price,
    value: random.pick([0n, 1n, 10n ** 18n, TOP]),
    mint: random.pick([0n, 1n, 10n ** 18n]),
    data: View.ofBytes(data),
    dataZeroes: data.filter((byte) => byte === 0).length,
    ...listOf(
      Array.from({ length: random.below(4) }, () =>
        random.oneIn(2) ? [address(random)] : [address(random), random.pick(SLOTS)],
      ),
    ),
    authorizations: authorizations.reduceRight<TransactionContext.Authorization | null>(
      (rest, one) => ({ ...one, rest, hashed: null }),
      null,
    ),
    authorizationCount: authorizations.length,
    blobHashes: Array.from({ length: random.pick([0, 0, 1, 6, 7, 10]) }, () => random.word()),
    maxFeePerBlobGas: random.pick([0n, 1n, TOP]),
  };
}

/** Any bytes. */
export function bytes(random: Random, size: number): Uint8Array {
  if (random.oneIn(4)) return new Uint8Array(size);
  return Uint8Array.from({ length: size }, () => random.below(256));
}

function authorization(random: Random): ReturnType<typeof tuple> {
  const nonce = random.pick([0n, 1n, MAX_U64 - 1n, MAX_U64]);
  const made = tuple({ nonce, address: address(random) });
  const { yParity, s } = made;
  return random.pick([
    made,
    made,
    { ...made, chainId: 1n },
    { ...made, yParity: 1n - yParity },
    { ...made, yParity: TOP },
    { ...made, s: TOP - s },
    { ...made, r: random.word() },
    { ...made, r: 0n, s: 0n },
  ]);
}

function account(random: Random, bounds: Bounds): Account.Account {
  const isLawful = bounds === "lawful";
  let storage = Account.EMPTY_STORAGE;
  for (const slot of SLOTS) {
    if (random.oneIn(2)) continue;
    storage = PatriciaTrie.put(storage, HashedKeys.ofSlot(slot), random.pick([1n, 2n, TOP]));
  }
  return {
    // No account is counted up to the last nonce but one: 2^64 transactions are too many.
    nonce: random.pick([
      0n,
      0n,
      1n,
      5n,
      200n,
      isLawful ? 2n ** 63n : MAX_U64 - 1n,
      isLawful ? 6n : MAX_U64,
    ]),
    // All balances together are what was ever deposited.
    balance: random.pick([0n, 1n, 7n, 200n, 10n ** 18n, 10n ** 24n, isLawful ? 2n ** 87n : TOP]),
    storage,
    code: Code.of(code(random)),
  };
}

function stack(random: Random, own: Memory.Memory): bigint[] {
  const size = random.pick([0, 1, 2, 3, 4, 7, 8, 16, 17, 17, MAX_STACK - 1, MAX_STACK]);
  return Array.from({ length: size }, () => item(random, own));
}

// Mostly what instructions can do with: offsets in memory, sizes, addresses, slots.
function item(random: Random, own: Memory.Memory): bigint {
  switch (random.below(6)) {
    case 0:
      return random.word();
    case 1:
      return address(random);
    case 2:
      return random.pick(SLOTS);
    case 3:
      return BigInt(random.below(32 * own.words + 70));
    default:
      return BigInt(random.below(70));
  }
}
