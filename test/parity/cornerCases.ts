// Transactions at the corners of the rules, as anyone may sign them: for another engine, and for the provers.
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { callTo, delegation } from "./callScenes.ts";
import { CREATIONS, ENDS } from "./cornerEnds.ts";
import {
  ALL,
  AUTHORITY,
  CALLEE,
  type Case,
  delegating,
  KEY,
  NOBODY,
  OTHER,
  PROGRAM,
  SENDER,
  SET_CODE_FORKS,
  store,
  tuple,
} from "./cornerTransaction.ts";
import { assemble, call } from "./program.ts";

const P256_VERIFY = 0x100n;

/** Calls that tell apart by their gas what is warm: the gas after each is stored. */
function gasAfter(...parts: readonly Uint8Array[]): Uint8Array {
  return assemble(
    ...parts.map((part) => assemble(part, Opcode.POP, Opcode.GAS)),
    ...parts.flatMap((_, i) => [BigInt(100 + i), Opcode.SSTORE]),
  );
}

const KINDS = [Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL];
const callsOfAllKinds = (target: bigint, gas = 50_000n): Uint8Array =>
  gasAfter(...KINDS.map((kind) => callTo(kind, target, 0n, gas)));

const counting = store(0n, call(Opcode.SLOAD, 0n), 1n, Opcode.ADD);

const delegations: readonly Case[] = [
  {
    name: "a sender authorizes itself and calls itself",
    transaction: delegating(SENDER, tuple(CALLEE, 1n, KEY)),
    accounts: [[CALLEE, { nonce: 1n, code: counting }]],
    forks: SET_CODE_FORKS,
  },
  {
    name: "a sender authorizes itself by the nonce that it had before",
    transaction: delegating(SENDER, tuple(CALLEE, 0n, KEY)),
    accounts: [[CALLEE, { nonce: 1n, code: counting }]],
    forks: SET_CODE_FORKS,
  },
  {
    name: "a delegation to an address that becomes a precompile",
    program: callsOfAllKinds(AUTHORITY),
    transaction: delegating(PROGRAM, tuple(P256_VERIFY)),
    forks: SET_CODE_FORKS,
  },
  {
    name: "a delegation to a precompile, called at the top with data",
    transaction: { ...delegating(AUTHORITY, tuple(2n)), data: "0x010203", value: 3 },
    forks: SET_CODE_FORKS,
  },
  {
    name: "a chain of delegations ends at the second",
    program: callsOfAllKinds(AUTHORITY),
    transaction: delegating(PROGRAM, tuple(OTHER)),
    accounts: [
      [OTHER, { code: delegation(CALLEE) }],
      [CALLEE, { nonce: 1n, code: counting }],
    ],
    forks: SET_CODE_FORKS,
  },
  {
    name: "two accounts delegate to each other",
    program: callsOfAllKinds(AUTHORITY),
    transaction: delegating(PROGRAM, tuple(SENDER), tuple(AUTHORITY, 1n, KEY)),
    forks: SET_CODE_FORKS,
  },
  {
    name: "delegates that are warm: the coinbase, the sender, the account itself",
    program: gasAfter(...[AUTHORITY, OTHER, NOBODY].map((each) => callTo(Opcode.CALL, each))),
    transaction: delegating(PROGRAM, tuple(0xc01bn)),
    accounts: [
      [OTHER, { code: delegation(SENDER) }],
      [NOBODY, { code: delegation(NOBODY) }],
    ],
    forks: SET_CODE_FORKS,
  },
  {
    name: "a delegated account creates, stores and ends",
    transaction: delegating(AUTHORITY, tuple(CALLEE)),
    accounts: [
      [
        CALLEE,
        {
          nonce: 1n,
          code: assemble(
            call(Opcode.CREATE, 1n, 0n, 0n),
            counting,
            store(5n, call(Opcode.EXTCODESIZE, AUTHORITY)),
            call(Opcode.SELFDESTRUCT, OTHER),
          ),
        },
      ],
    ],
    forks: SET_CODE_FORKS,
  },
  {
    name: "refunds of tuples are capped like others",
    transaction: delegating(NOBODY, tuple(OTHER), tuple(CALLEE, 1n), tuple(0n, 2n)),
    forks: SET_CODE_FORKS,
  },
  {
    name: "refunds of tuples outlive a halt, those of storage do not",
    program: assemble(store(1n, 0n), Opcode.INVALID),
    transaction: { ...delegating(PROGRAM, tuple(OTHER)), gasLimit: 200_000 },
    accounts: [
      [PROGRAM, { nonce: 1n, code: assemble(store(1n, 0n), Opcode.INVALID), storage: [[1n, 1n]] }],
    ],
    forks: SET_CODE_FORKS,
  },
  {
    name: "a call that pays for the account, but not for its delegate",
    program: assemble(
      // Its operands take 15.
      callTo(Opcode.CALL, CALLEE, 0n, 2_600n + 14n),
      callTo(Opcode.CALL, CALLEE, 0n, 2_600n + 2_600n + 14n),
      callTo(Opcode.CALL, CALLEE, 0n, 2_600n + 2_600n + 15n),
    ),
    accounts: [
      [CALLEE, { nonce: 1n, code: callTo(Opcode.CALL, AUTHORITY, 0n, 0n) }],
      [AUTHORITY, { code: delegation(OTHER) }],
    ],
    forks: SET_CODE_FORKS,
  },
];

const refunds: readonly Case[] = [
  {
    name: "more refund than a fifth",
    program: assemble(...[1n, 2n, 3n, 4n, 5n].map((slot) => store(slot, 0n))),
    accounts: [
      [
        PROGRAM,
        {
          nonce: 1n,
          code: assemble(...[1n, 2n, 3n, 4n, 5n].map((slot) => store(slot, 0n))),
          storage: [1n, 2n, 3n, 4n, 5n].map((slot) => [slot, 9n] as const),
        },
      ],
    ],
  },
  {
    name: "a floor above what a refund leaves",
    transaction: { data: `0x${"01".repeat(1_000)}` },
    accounts: [
      [
        PROGRAM,
        {
          nonce: 1n,
          code: assemble(...[1n, 2n].map((slot) => store(slot, 0n))),
          storage: [1n, 2n].map((slot) => [slot, 9n] as const),
        },
      ],
    ],
  },
  {
    name: "a slot is cleared, restored and cleared over calls that revert",
    accounts: [
      [
        PROGRAM,
        {
          nonce: 1n,
          storage: [[1n, 9n]],
          code: assemble(
            store(1n, 0n),
            callTo(Opcode.DELEGATECALL, CALLEE),
            callTo(Opcode.DELEGATECALL, OTHER),
            store(1n, 9n),
            store(1n, 0n),
          ),
        },
      ],
      [CALLEE, { nonce: 1n, code: assemble(store(1n, 9n), call(Opcode.REVERT, 0n, 0n)) }],
      [OTHER, { nonce: 1n, code: store(1n, 3n) }],
    ],
  },
  {
    name: "SSTORE on the stipend",
    program: assemble(
      callTo(Opcode.CALL, CALLEE, 1n, 0n),
      callTo(Opcode.CALL, CALLEE, 1n, 6n),
      callTo(Opcode.CALL, CALLEE, 1n, 7n),
      callTo(Opcode.CALL, OTHER, 1n, 0n),
    ),
    accounts: [
      [CALLEE, { nonce: 1n, code: store(1n, 0n) }],
      [OTHER, { nonce: 1n, code: call(Opcode.LOG1, 0n, 32n, 5n) }],
    ],
  },
];

/** 1,500 bytes that differ, from byte 3 of memory on. */
const filled = assemble(
  ...Array.from({ length: 47 }, (_, i) =>
    call(Opcode.MSTORE, BigInt(3 + 32 * i), (BigInt(i + 1) * 0x0123456789abcdefn) ** 3n % ALL),
  ),
);
const digest = (size: bigint): Uint8Array => assemble(call(Opcode.KECCAK256, 0n, size));

const memories: readonly Case[] = [
  {
    name: "MCOPY onto itself by one byte, at the borders of its pieces",
    program: assemble(
      filled,
      ...[1_023n, 1_024n, 1_025n, 2_047n, 2_048n, 2_049n].flatMap((size, i) => [
        call(Opcode.MCOPY, 4n, 3n, size),
        store(BigInt(2 * i), digest(size + 40n)),
        call(Opcode.MCOPY, 3n, 4n, size),
        store(BigInt(2 * i + 1), digest(size + 40n)),
      ]),
      call(Opcode.MCOPY, 0n, ALL, 0n),
      call(Opcode.MCOPY, ALL, 0n, 0n),
      call(Opcode.MCOPY, 0n, 5_000n, 32n),
      store(99n, Opcode.MSIZE),
    ),
    transaction: { gasLimit: 3_000_000 },
  },
  {
    name: "call data are a view at an odd place, read past their end",
    program: assemble(
      filled,
      callTo(Opcode.CALL, CALLEE, 0n, 900_000n, [13n, 1_300n, 7n, 2_000n]),
      store(0n, digest(2_048n)),
      call(Opcode.RETURNDATACOPY, 100n, 5n, 1_100n),
      store(1n, digest(2_048n)),
      store(2n, Opcode.RETURNDATASIZE),
    ),
    accounts: [
      [
        CALLEE,
        {
          nonce: 1n,
          code: assemble(
            call(Opcode.CALLDATACOPY, 1n, 1_000n, 1_500n),
            store(0n, digest(1_600n)),
            store(1n, call(Opcode.CALLDATALOAD, 1_290n)),
            store(2n, call(Opcode.CALLDATALOAD, 1_300n)),
            store(3n, call(Opcode.CALLDATALOAD, ALL)),
            call(Opcode.CALLDATACOPY, 0n, ALL, 33n),
            call(Opcode.CALLDATACOPY, 0n, 0n, 1_300n),
            call(Opcode.RETURN, 31n, 1_200n),
          ),
        },
      ],
    ],
    transaction: { gasLimit: 3_000_000 },
  },
  {
    name: "digests and logs of sizes at the borders of their pieces",
    program: assemble(
      filled,
      ...[135n, 136n, 65_536n].map((size, i) => store(BigInt(i), digest(size))),
      ...[0n, 1n, 1_023n, 1_024n, 1_025n, 2_048n].map((size) => call(Opcode.LOG0, 5n, size)),
      call(Opcode.LOG4, ALL, 0n, 1n, 2n, 3n, 4n),
    ),
    transaction: { gasLimit: 9_000_000 },
  },
  {
    name: "code copied past its end, from those who have none and from a delegate",
    program: assemble(
      call(Opcode.CODECOPY, 1n, 20n, 100n),
      call(Opcode.CODECOPY, 200n, ALL, 40n),
      call(Opcode.EXTCODECOPY, NOBODY, 300n, 0n, 40n),
      call(Opcode.EXTCODECOPY, AUTHORITY, 400n, 20n, 40n),
      call(Opcode.EXTCODECOPY, PROGRAM, 500n, 2n ** 64n, 40n),
      call(Opcode.EXTCODECOPY, PROGRAM, 600n, 1n, 1_200n),
      call(Opcode.EXTCODECOPY, 2n, 0n, 0n, 0n),
      store(0n, digest(1_800n)),
      call(Opcode.RETURN, ALL, 0n),
    ),
    accounts: [[AUTHORITY, { code: delegation(OTHER) }]],
  },
];

/** Pads with JUMPDESTs up to an offset. */
function upTo(offset: number, code: Uint8Array): Uint8Array {
  return Bytes.concat(code, new Uint8Array(offset - code.length).fill(Opcode.JUMPDEST));
}

const PUSH32 = Opcode.PUSH0 + 32;
const jumps: readonly Case[] = [
  {
    name: "jumps to the first byte of a chunk, over push data that hide it, and into them",
    program: assemble(
      ...[32n, 63n, 64n, 95n, 96n].map((to) => callTo(Opcode.CALL, CALLEE + to, 0n, 50_000n)),
    ),
    accounts: [32n, 63n, 64n, 95n, 96n].map((to) => [
      CALLEE + to,
      {
        nonce: 1n,
        code: Bytes.concat(
          upTo(62, assemble(to, Opcode.JUMP)),
          Uint8Array.of(PUSH32),
          // The data end with byte 94; 95 and 96 are instructions.
          new Uint8Array(32).fill(Opcode.JUMPDEST),
          Uint8Array.of(Opcode.JUMPDEST, Opcode.JUMPDEST),
          store(1n, 1n),
        ),
      },
    ]),
  },
  {
    name: "code that ends within push data, at each place of a chunk",
    program: assemble(
      ...[30, 31, 32, 33].map((size) => callTo(Opcode.CALL, CALLEE + BigInt(size), 0n, 50_000n)),
    ),
    accounts: [30, 31, 32, 33].map((size) => [
      CALLEE + BigInt(size),
      { nonce: 1n, code: Bytes.concat(upTo(size - 1, Bytes.EMPTY), Uint8Array.of(PUSH32)) },
    ]),
  },
];

/** No fork changes anything in memory or code. */
const inOneFork: readonly Case[] = [...memories, ...jumps].map((each) => {
  return { ...each, forks: ["Osaka"] };
});

export const CORNER_CASES: readonly Case[] = [
  ...ENDS,
  ...CREATIONS,
  ...delegations,
  ...refunds,
  ...inOneFork,
];
