// Transactions at the corners of the rules, as anyone may sign them: for another engine, and for the provers.
import {
  getAddress,
  hashAuthorization,
  SigningKey,
  Transaction,
  type TransactionLike,
} from "ethers";
import * as ContractAddress from "../../src/machine/contractAddress.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Signature from "../../src/primitives/signature.ts";
import type { Genesis } from "../machine/ethereumjsChain.ts";
import { callTo, delegation } from "./callScenes.ts";
import { creating } from "./creationScenes.ts";
import { assemble, call } from "./program.ts";

export const CHAIN_ID = 1n;
export const HEADER = {
  number: 7n,
  timestamp: 1_700_000_000n,
  gasLimit: 60_000_000n,
  baseFeePerGas: 7n,
  coinbase: Bytes.fromBigInt(0xc01bn, 20),
  mixHash: new Uint8Array(32),
};

type Account = Partial<Omit<Genesis[number], "address">>;

export type Case = {
  readonly name: string;
  readonly program?: Uint8Array;
  readonly accounts?: readonly (readonly [address: bigint, account: Account])[];
  readonly transaction?: TransactionLike;
  readonly coinbase?: bigint;
  /** All by default. */
  readonly forks?: readonly Fork[];
};

const KEY = new SigningKey(`0x${"01".repeat(32)}`);
const OTHER_KEY = new SigningKey(`0x${"02".repeat(32)}`);
export const SENDER = addressOf(KEY);
export const AUTHORITY = addressOf(OTHER_KEY);
const PROGRAM = 0xc0den;
const CALLEE = 0xca11een;
const OTHER = 0x07e4n;
const NOBODY = 0x404n;
const P256_VERIFY = 0x100n;
const SALT = 0x5a17n;
const ALL = 2n ** 256n - 1n;
const MAX_NONCE = 2n ** 64n - 1n;
const SET_CODE_FORKS = ["Prague", "Osaka"] as const;

/** The accounts that a case starts from. */
export function genesisOf({ program = Bytes.EMPTY, accounts = [] }: Case): Genesis {
  const all = new Map<bigint, Account>([
    [SENDER, { balance: 10n ** 20n }],
    [AUTHORITY, { balance: 10n ** 18n }],
    [PROGRAM, { nonce: 1n, balance: 1_000n, code: program }],
    ...accounts,
  ]);
  return [...all].map(([address, { nonce = 0n, balance = 0n, code = Bytes.EMPTY, storage }]) => {
    const account = { address, nonce, balance, code };
    return storage === undefined ? account : { ...account, storage };
  });
}

/** The signed transaction of a case, with another gas limit if one is given. */
export function encodedOf({ transaction = {} }: Case, gasLimit?: bigint): Uint8Array {
  const made = Transaction.from({
    type: 2,
    chainId: CHAIN_ID,
    nonce: 0,
    gasLimit: 2_000_000,
    maxFeePerGas: 20,
    maxPriorityFeePerGas: 1,
    to: hex(PROGRAM),
    ...transaction,
    ...(gasLimit === undefined ? {} : { gasLimit }),
  });
  made.signature = KEY.sign(made.unsignedHash);
  return Hex.toBytes(made.serialized);
}

function addressOf(key: SigningKey): bigint {
  return Bytes.toBigInt(Signature.addressOf(Hex.toBytes(key.privateKey)));
}

function hex(address: bigint): string {
  return getAddress(Hex.fromBytes(Bytes.fromBigInt(address, 20)));
}

/** What its author signs to delegate. */
function tuple(target: bigint, nonce = 0n, key = OTHER_KEY) {
  const authorization = { address: hex(target), nonce, chainId: CHAIN_ID };
  return { ...authorization, signature: key.sign(hashAuthorization(authorization)) };
}

function delegating(to: bigint, ...list: ReturnType<typeof tuple>[]): TransactionLike {
  return { type: 4, to: hex(to), authorizationList: list };
}

const store = (slot: bigint, ...value: (bigint | number | Uint8Array)[]): Uint8Array =>
  assemble(...value, slot, Opcode.SSTORE);

/** Code that is put in place by initcode. */
function deploying(code: Uint8Array): Uint8Array {
  return assemble(
    call(Opcode.MSTORE, 0n, Bytes.toBigInt(Bytes.padRight(code, 32))),
    call(Opcode.RETURN, 0n, BigInt(code.length)),
  );
}

function bySalt(initCode: Uint8Array): bigint {
  return ContractAddress.bySalt(PROGRAM, SALT, keccak256(initCode));
}

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

const ends: readonly Case[] = [
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

const creations: readonly Case[] = [
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
  ...ends,
  ...creations,
  ...delegations,
  ...refunds,
  ...inOneFork,
];
