// Contracts that come into being, fail to, or end.
import type * as Fork from "../../src/machine/fork.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as ContractAddress from "../../src/machine/contractAddress.ts";
import * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import { callTo, program } from "./callScenes.ts";
import { assemble, call } from "./program.ts";
import { ENTRANCE, type Scene, SENDER, type Settled } from "./transactionScene.ts";

const CALLEE = 0xca11een;
const PAUPER = 0x9a09e4n;
const NOBODY = 0x404n;
const HUSK = 0x40057n;
const MAX_NONCE = 2n ** 64n - 1n;
const MAX_CODE_SIZE = 24_576n;
const MAX_INIT_CODE_SIZE = 49_152n;

/** Initcode that leaves so many bytes, the first one given. */
function leaving(size: bigint, first = 0n): Uint8Array {
  return assemble(call(Opcode.MSTORE8, 0n, first), call(Opcode.RETURN, 0n, size));
}

/** A program that writes initcode to memory, creates with it and looks at what came back. */
export function creating(opcode: number, initCode: Uint8Array, value = 0n): Uint8Array {
  const stores = Array.from({ length: Math.ceil(initCode.length / 32) }, (_, i) =>
    call(Opcode.MSTORE, BigInt(32 * i), Bytes.toBigInt(Bytes.slicePadded(initCode, 32 * i, 32))),
  );
  const size = BigInt(initCode.length);
  const salt = opcode === Opcode.CREATE2 ? [0x5a17n] : [];
  return assemble(
    ...stores,
    call(opcode, value, 0n, size, ...salt),
    Opcode.RETURNDATASIZE,
    Opcode.POP,
    Opcode.POP,
  );
}

function byBoth(
  what: string,
  initCode: Uint8Array,
  changed: Partial<Scene> = {},
  value = 0n,
): Scene[] {
  return [Opcode.CREATE, Opcode.CREATE2].map((opcode) =>
    program(`${Opcode.nameOf(opcode)} of ${what}`, creating(opcode, initCode, value), [], changed),
  );
}

const outcomes: readonly Scene[] = [
  ...byBoth("some code", leaving(40n, 0x60n)),
  ...byBoth("no code", Uint8Array.of(Opcode.STOP)),
  ...byBoth("an account by no initcode", Bytes.EMPTY, {}, 5n),
  ...byBoth("an account with value", leaving(33n), {}, 1_000n),
  ...byBoth("an account with more value than there is", leaving(33n), {}, 1_001n),
  ...byBoth("code that starts with 0xEF", leaving(2n, 0xefn)),
  ...byBoth("code of one byte too many", leaving(MAX_CODE_SIZE + 1n), {
    transaction: { gasLimit: 9_000_000n },
  }),
  ...byBoth("code as large as it may be", leaving(MAX_CODE_SIZE), {
    transaction: { gasLimit: 9_000_000n },
  }),
  ...byBoth("code that is too dear", leaving(2_000n), { transaction: { gasLimit: 200_000n } }),
  ...byBoth("an account whose initcode reverts", call(Opcode.REVERT, 1n, 40n), {}, 2n),
  ...byBoth("an account whose initcode halts", Uint8Array.of(0xfe), {}, 2n),
  ...byBoth(
    "an account whose initcode calls and creates",
    assemble(callTo(Opcode.CALL, ENTRANCE, 1n, 0n), call(Opcode.CREATE, 1n, 0n, 0n)),
    {},
    9n,
  ),
];

const created = ContractAddress.byNonce(ENTRANCE, 1n);

function colliding(what: string, account: Settled): Scene {
  return program(`a collision with ${what}`, creating(Opcode.CREATE, leaving(3n), 1n), [
    [created, account],
  ]);
}

const collisions: readonly Scene[] = [
  colliding("a nonce", { nonce: 1n }),
  colliding("code", { code: Uint8Array.of(0) }),
  colliding("storage", { balance: 1n, storage: [[1n, 2n]] }),
  program("a balance that is no collision", creating(Opcode.CREATE, leaving(3n), 1n), [
    [created, { balance: 77n }],
  ]),
  program("an empty account that is no collision", creating(Opcode.CREATE, leaving(3n)), [
    [created, {}],
  ]),
  program(
    "a second creation with the same salt",
    assemble(creating(Opcode.CREATE2, leaving(3n)), creating(Opcode.CREATE2, leaving(3n))),
  ),
];

const halts: readonly Scene[] = [
  ...[Opcode.CREATE, Opcode.CREATE2].flatMap((opcode) => {
    const operands = (size: bigint, offset = 0n): bigint[] =>
      opcode === Opcode.CREATE ? [0n, offset, size] : [0n, offset, size, 0n];
    const name = Opcode.nameOf(opcode);
    return [
      program(`${name} of the longest initcode`, call(opcode, ...operands(MAX_INIT_CODE_SIZE))),
      program(`${name} of initcode too long`, call(opcode, ...operands(MAX_INIT_CODE_SIZE + 1n))),
      program(`${name} without gas`, call(opcode, ...operands(32n)), [], {
        transaction: { gasLimit: 53_000n },
      }),
      program(`${name} beyond memory`, call(opcode, ...operands(32n, 2n ** 40n))),
      program(`${name} with too few operands`, assemble(1n, opcode)),
      program(`${name} in a static call`, callTo(Opcode.STATICCALL, CALLEE), [
        [CALLEE, { code: call(opcode, ...operands(0n)) }],
      ]),
      {
        ...program(`${name} by a creator out of nonces`, Bytes.EMPTY),
        accounts: [[ENTRANCE, { nonce: MAX_NONCE, code: call(opcode, ...operands(0n)) }]] as const,
      },
    ];
  }),
];

function byTransaction(
  what: string,
  data: Uint8Array,
  transaction: Partial<TransactionContext.Transaction> = {},
  accounts: Scene["accounts"] = [],
): Scene {
  return {
    name: `a transaction that creates ${what}`,
    data,
    accounts,
    transaction: { isCreation: true, to: 0n, ...transaction },
  };
}

const firstAddress = ContractAddress.byNonce(SENDER, 5n);

/** Initcode that is not the same anywhere, and ends at once. */
const longInitCode = Uint8Array.from({ length: 49_152 }, (_, i) => (i * 131 + (i >> 8)) & 0xff);
longInitCode[0] = Opcode.STOP;

const transactions: readonly Scene[] = [
  byTransaction("a contract", leaving(40n, 1n), { value: 3n }),
  byTransaction("an account", Bytes.EMPTY),
  byTransaction("what starts with 0xEF", leaving(40n, 0xefn), { value: 3n }),
  byTransaction("what reverts", call(Opcode.REVERT, 0n, 40n), { value: 3n }),
  byTransaction("what halts", Uint8Array.of(0xfe), { value: 3n }),
  byTransaction("what is there", leaving(40n, 1n), { value: 3n }, [
    [firstAddress, { nonce: 1n, balance: 4n }],
  ]),
  byTransaction("a contract from a deposit", leaving(40n, 1n), {
    kind: TransactionContext.DEPOSIT,
    mint: 10n,
    value: 7n,
    nonce: 0n,
  }),
  byTransaction("a contract by the longest initcode", longInitCode, {
    gasLimit: 16_777_216n,
  }),
];

function ending(
  what: string,
  heir: bigint,
  others: readonly (readonly [bigint, Settled])[] = [],
  changed: Partial<Scene> = {},
): Scene {
  return program(`SELFDESTRUCT to ${what}`, call(Opcode.SELFDESTRUCT, heir), others, changed);
}

const selfDestructing = (heir: bigint): Uint8Array => call(Opcode.SELFDESTRUCT, heir);
const toItself = assemble(Opcode.ADDRESS, Opcode.SELFDESTRUCT);

/** Code that ends itself in favour of the caller's choice, put in place by initcode. */
function deploying(code: Uint8Array): Uint8Array {
  return assemble(
    call(Opcode.MSTORE, 0n, Bytes.toBigInt(Bytes.padRight(code, 32))),
    call(Opcode.RETURN, 0n, BigInt(code.length)),
  );
}

function creatingAndCalling(initCode: Uint8Array): Uint8Array {
  const address = ContractAddress.bySalt(ENTRANCE, 0x5a17n, keccak256(initCode));
  return assemble(
    creating(Opcode.CREATE2, initCode, 100n),
    callTo(Opcode.CALL, address, 5n),
    callTo(Opcode.CALL, address, 6n),
  );
}

const ends: readonly Scene[] = [
  ending("an account", PAUPER, [[PAUPER, { balance: 7n }]]),
  ending("nobody", NOBODY),
  ending("itself", ENTRANCE),
  ending("a precompile", 4n),
  ending("an empty account that exists", HUSK, [[HUSK, {}]]),
  ending("the sender, who is warm", SENDER),
  ending("nobody without gas", NOBODY, [], { transaction: { gasLimit: 30_000n } }),
  {
    name: "SELFDESTRUCT of an account without balance",
    accounts: [
      [ENTRANCE, { nonce: 1n, code: selfDestructing(HUSK) }],
      [HUSK, {}],
    ],
  },
  program("SELFDESTRUCT in a static call", callTo(Opcode.STATICCALL, CALLEE), [
    [CALLEE, { code: selfDestructing(PAUPER) }],
  ]),
  program("SELFDESTRUCT without an heir", Uint8Array.of(Opcode.SELFDESTRUCT)),
  program("SELFDESTRUCT by delegation", callTo(Opcode.DELEGATECALL, CALLEE), [
    [CALLEE, { code: selfDestructing(PAUPER) }],
  ]),
  program("the end of a new contract", creatingAndCalling(deploying(selfDestructing(PAUPER)))),
  program("the end of a new contract, to itself", creatingAndCalling(deploying(toItself))),
  program(
    "the end of a contract within its creation",
    creating(Opcode.CREATE, selfDestructing(PAUPER), 50n),
  ),
  program(
    "the end of a contract within its creation, to itself",
    creating(Opcode.CREATE, toItself, 50n),
  ),
  program("a revert of an end", callTo(Opcode.CALL, CALLEE, 1n, 300_000n), [
    [
      CALLEE,
      {
        nonce: 1n,
        code: assemble(
          creatingAndCalling(deploying(selfDestructing(PAUPER))),
          call(Opcode.REVERT, 0n, 0n),
        ),
      },
    ],
  ]),
];

/** Creates from within its initcode until it may not, with all gas. */
export const DEEP_CREATION: Scene = {
  name: "creations down to depth 1,024",
  phase: Phase.START,
  accounts: [],
  data: assemble(
    call(Opcode.CODECOPY, 0n, 0n, 10n),
    assemble(10n, 0n, 0n, Opcode.CREATE),
    Opcode.STOP,
  ),
  forks: ["Osaka"] satisfies readonly Fork.Fork[],
  transaction: { isCreation: true, to: 0n, gasLimit: 2n ** 62n },
};

export const CREATION_SCENES: readonly Scene[] = [
  ...outcomes,
  ...collisions,
  ...halts,
  ...transactions,
  ...ends,
];
