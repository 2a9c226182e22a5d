// Reads of a state on disk that keep this machine busy for the longest time for their gas: each account, code and slot for the
// first time. The file is warm: what the kernel has in memory is what is measured, not a disk.
import * as Account from "../../src/machine/account.ts";
import * as Code from "../../src/machine/code.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Database from "../../src/node/database.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import { assemble, type Item } from "../../test/parity/program.ts";
import * as Stage from "../../test/parity/stage.ts";
import * as Programs from "./programs.ts";

export type Scene = {
  readonly name: string;
  /** A machine that has read nothing of the state yet. */
  readonly machine: () => Machine.Machine;
};

const GAS = 1n << 40n;
const ACCOUNTS = 2_000;
const SLOTS = 20_000;
const MAX_CODE_BYTES = 24_576;
const FIRST_ACCOUNT = 0x1000000n;
const ENOUGH = 1_000n;

// Jumps, so that the whole of it is searched for destinations; what follows is nothing but destinations.
const JUMPING = assemble(4n, Opcode.JUMP, Opcode.STOP, Opcode.JUMPDEST, Opcode.STOP);

/** Puts accounts with code of full size, and one with storage, into a database, and reads each once. */
export function scenes(path: string): {
  readonly all: readonly Scene[];
  readonly close: () => void;
} {
  const database = Database.open(path);
  const root = write(database);
  const call = [
    0n,
    0n,
    0n,
    0n,
    0n,
    Opcode.DUP1 + 5,
    FIRST_ACCOUNT,
    Opcode.ADD,
    ENOUGH,
    Opcode.CALL,
  ];
  const balance = [Opcode.DUP1, FIRST_ACCOUNT, Opcode.ADD, Opcode.BALANCE];
  const scene = (name: string, count: number, items: readonly Item[]): Scene => ({
    name,
    machine: () => machineOf(database, root, Programs.loop(BigInt(count), [], items)),
  });
  return {
    all: [
      scene("CALL of 24,576 bytes for the first time", ACCOUNTS, [...call, Opcode.POP]),
      scene("BALANCE for the first time", ACCOUNTS, [...balance, Opcode.POP]),
      scene("SLOAD for the first time", SLOTS, [Opcode.DUP1, Opcode.SLOAD, Opcode.POP]),
    ],
    close: () => Database.close(database),
  };
}

function write(database: Database.Database): Uint8Array {
  let storage = Account.EMPTY_STORAGE;
  for (let slot = 1; slot <= SLOTS; slot++)
    storage = PatriciaTrie.put(storage, keccak256(Bytes.fromNumber(slot, 32)), BigInt(slot));
  let state = PatriciaTrie.emptyWith(codecOf(database));
  const put = (address: bigint, account: Partial<Account.Account>) => {
    const key = keccak256(Bytes.fromBigInt(address, 20));
    state = PatriciaTrie.put(state, key, { ...Account.EMPTY, ...account });
  };
  put(Stage.PROGRAM, { storage });
  put(Stage.SENDER, { nonce: 5n, balance: 10n ** 20n });
  for (let i = 1; i <= ACCOUNTS; i++) {
    const bytes = new Uint8Array(MAX_CODE_BYTES).fill(Opcode.JUMPDEST);
    bytes.set(JUMPING);
    bytes.set(Bytes.fromNumber(i, 4), JUMPING.length);
    const hash = keccak256(bytes);
    Database.putCode(database, hash, bytes);
    put(FIRST_ACCOUNT + BigInt(i), { nonce: 1n, code: Code.stored(hash, () => bytes) });
  }
  const commit = (put: Database.PutNode) => {
    PatriciaTrie.commit(storage, put);
    PatriciaTrie.commit(state, put);
  };
  Database.atomically(database, () => Database.putNodes(database, commit));
  return PatriciaTrie.root(state);
}

function machineOf(
  database: Database.Database,
  root: Uint8Array,
  program: Uint8Array,
): Machine.Machine {
  const machine = Stage.machineOf({ fork: "Osaka", program, gas: GAS });
  const store = { get: (hash: Uint8Array) => Database.node(database, hash) };
  const stored = PatriciaTrie.fromRootWith(root, store, codecOf(database));
  const key = keccak256(Bytes.fromBigInt(Stage.PROGRAM, 20));
  const account = PatriciaTrie.get(stored, key);
  assert(account !== undefined, "the program's account was written");
  const state = PatriciaTrie.put(stored, key, { ...account, code: Code.of(program) });
  machine.world = World.withState(machine.world, state);
  return machine;
}

function codecOf(database: Database.Database): PatriciaTrie.Codec<Account.Account> {
  return Account.codec({
    nodes: { get: (hash) => Database.node(database, hash) },
    code: (hash) => {
      const bytes = Database.code(database, hash);
      assert(bytes !== undefined, "the code was written");
      return bytes;
    },
  });
}
