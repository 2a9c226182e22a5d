// Corners of creation and of what ends.
import * as ContractAddress from "../../src/machine/contractAddress.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { callTo, delegation } from "./callScenes.ts";
import {
  ALL,
  bySalt,
  CALLEE,
  type Case,
  deploying,
  hex,
  NOBODY,
  OTHER,
  SENDER,
  store,
} from "./cornerTransaction.ts";
import { creating } from "./creationScenes.ts";
import { assemble, call } from "./program.ts";

const MAX_NONCE = 2n ** 64n - 1n;

/** Ends in favour of the address in its call data. */
const ending = assemble(call(Opcode.CALLDATALOAD, 0n), Opcode.SELFDESTRUCT);
const endingTwo = assemble(Opcode.JUMPDEST, ending);
const [first, second] = [deploying(ending), deploying(endingTwo)];
const [firstAddress, secondAddress] = [bySalt(first), bySalt(second)];

function end(target: bigint, heir: bigint, value = 0n): Uint8Array {
  const buffers = [0n, 32n, 0n, 0n] as const;
  return assemble(
    call(Opcode.MSTORE, 0n, heir),
    callTo(Opcode.CALL, target, value, 100_000n, buffers),
    Opcode.POP,
  );
}

const create = (initCode: Uint8Array, value: bigint): Uint8Array =>
  creating(Opcode.CREATE2, initCode, value);

/** Reverts without value, and leaves code that ends with it. */
const picky = assemble(Opcode.CALLVALUE, 7n, Opcode.JUMPI, 0n, 0n, Opcode.REVERT);
const pickyInit = assemble(picky, Opcode.JUMPDEST, deploying(ending));

export const ENDS: readonly Case[] = [
  {
    name: "two new contracts end in favour of each other",
    program: assemble(
      create(first, 100n),
      create(second, 50n),
      end(firstAddress, secondAddress),
      end(secondAddress, firstAddress),
    ),
  },
  {
    name: "a new contract ends twice, with value in between",
    program: assemble(
      create(first, 100n),
      end(firstAddress, NOBODY),
      end(firstAddress, firstAddress, 9n),
      call(Opcode.BALANCE, firstAddress),
      callTo(Opcode.CALL, firstAddress, 7n),
    ),
  },
  {
    name: "what ended is still there for a second creation to collide with",
    program: assemble(create(first, 1n), end(firstAddress, OTHER), create(first, 2n)),
  },
  {
    name: "a creation that failed is made again, and ends as a new one",
    program: assemble(
      create(pickyInit, 0n),
      create(pickyInit, 3n),
      end(bySalt(pickyInit), OTHER),
      call(Opcode.EXTCODESIZE, bySalt(pickyInit)),
    ),
  },
  {
    name: "an address with a balance becomes a contract and ends",
    program: assemble(create(first, 1n), end(firstAddress, firstAddress)),
    accounts: [[firstAddress, { balance: 77n }]],
  },
  {
    name: "the coinbase is created and ends, with its tip",
    program: assemble(create(first, 1n), end(firstAddress, OTHER)),
    coinbase: firstAddress,
  },
  {
    name: "a new contract ends for a creator that reverts",
    program: assemble(
      callTo(Opcode.CALL, CALLEE, 20n, 1_000_000n),
      call(Opcode.BALANCE, OTHER),
      call(Opcode.BALANCE, CALLEE),
    ),
    accounts: [
      [
        CALLEE,
        {
          nonce: 1n,
          code: assemble(
            creating(Opcode.CREATE, call(Opcode.SELFDESTRUCT, OTHER), 20n),
            call(Opcode.REVERT, 0n, 0n),
          ),
        },
      ],
    ],
  },
  {
    name: "SELFDESTRUCT to a cold heir without the gas for it",
    program: assemble(
      callTo(Opcode.CALL, CALLEE, 0n, 7_599n),
      callTo(Opcode.CALL, CALLEE, 0n, 7_602n),
      callTo(Opcode.CALL, CALLEE, 0n, 7_603n),
    ),
    accounts: [[CALLEE, { nonce: 1n, code: call(Opcode.SELFDESTRUCT, NOBODY) }]],
  },
];

export const CREATIONS: readonly Case[] = [
  {
    name: "a creator takes its last nonce but one, and then has none",
    program: assemble(
      callTo(Opcode.CALL, CALLEE, 0n, 900_000n),
      call(Opcode.EXTCODEHASH, ContractAddress.byNonce(CALLEE, MAX_NONCE - 1n)),
    ),
    accounts: [
      [
        CALLEE,
        {
          nonce: MAX_NONCE - 1n,
          code: assemble(
            store(0n, call(Opcode.CREATE, 0n, 0n, 0n)),
            store(1n, call(Opcode.CREATE, 0n, 0n, 0n)),
            store(2n, call(Opcode.CREATE2, 0n, 0n, 0n, 0n)),
          ),
        },
      ],
    ],
  },
  {
    name: "a creation from far out in memory, of nothing",
    program: assemble(
      store(0n, call(Opcode.CREATE, 0n, ALL, 0n)),
      store(1n, call(Opcode.CREATE2, 0n, ALL, 0n, 1n)),
      Opcode.MSIZE,
    ),
  },
  {
    name: "slots of a contract to come are warm",
    program: assemble(
      create(assemble(store(1n, 5n), Opcode.STOP), 0n),
      call(Opcode.BALANCE, bySalt(assemble(store(1n, 5n), Opcode.STOP))),
    ),
    transaction: {
      type: 1,
      gasPrice: 9,
      maxFeePerGas: null,
      maxPriorityFeePerGas: null,
      accessList: [
        {
          address: hex(bySalt(assemble(store(1n, 5n), Opcode.STOP))),
          storageKeys: [1n, 1n, 2n].map((slot) => Hex.fromBytes(Bytes.fromBigInt(slot, 32))),
        },
        { address: hex(1n), storageKeys: [] },
      ],
    },
  },
  {
    name: "a failed creation leaves its address warm, and its slots cold",
    program: assemble(
      create(assemble(store(1n, 5n), call(Opcode.REVERT, 0n, 0n)), 1n),
      Opcode.GAS,
      call(Opcode.BALANCE, bySalt(assemble(store(1n, 5n), call(Opcode.REVERT, 0n, 0n)))),
      Opcode.GAS,
      3n,
      Opcode.SSTORE,
      2n,
      Opcode.SSTORE,
      1n,
      Opcode.SSTORE,
    ),
  },
  {
    name: "initcode that is a delegation",
    program: create(delegation(OTHER), 0n),
  },
  {
    name: "code that is a delegation cannot be left",
    program: create(deploying(delegation(OTHER)), 0n),
  },
  {
    name: "a transaction creates where an access list has been",
    transaction: {
      to: null,
      data: Hex.fromBytes(assemble(store(0n, call(Opcode.SLOAD, 7n)), store(7n, 1n))),
      value: 5,
      accessList: [
        {
          address: hex(ContractAddress.byNonce(SENDER, 0n)),
          storageKeys: [Hex.fromBytes(Bytes.fromBigInt(7n, 32))],
        },
      ],
    },
    accounts: [[ContractAddress.byNonce(SENDER, 0n), { balance: 3n }]],
  },
  {
    name: "a transaction creates where there is storage alone",
    transaction: { to: null, data: "0x00", value: 5 },
    accounts: [[ContractAddress.byNonce(SENDER, 0n), { balance: 3n, storage: [[1n, 2n]] }]],
  },
];
