// Calls of every kind, between accounts of every kind, and how they end.
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { assemble, call } from "./program.ts";
import { ENTRANCE, type Scene, type Settled } from "./transactionScene.ts";

const CALLEE = 0xca11een;
const OTHER = 0x07e4n;
const PAUPER = 0x9a09e4n;
const NOBODY = 0x404n;
const HUSK = 0x40057n;
const DELEGATED = 0xde1e6a7edn;
const ALL_GAS = 2n ** 256n - 1n;
const FAR = 2n ** 32n;

const returning = assemble(
  call(Opcode.MSTORE, 0n, 0x1234567890n),
  call(Opcode.MSTORE, 1_500n, ALL_GAS),
  call(Opcode.RETURN, 3n, 1_497n),
);
const reverting = assemble(
  call(Opcode.SSTORE, 1n, 2n),
  call(Opcode.MSTORE, 0n, 0xdeadn),
  call(Opcode.REVERT, 20n, 12n),
);
const exhausting = call(Opcode.MSTORE, 2n ** 25n, 0n);
const storing = assemble(call(Opcode.SSTORE, 1n, 2n), Opcode.STOP);
const telling = assemble(
  Opcode.ADDRESS,
  Opcode.CALLER,
  Opcode.CALLVALUE,
  Opcode.CALLDATASIZE,
  call(Opcode.CALLDATALOAD, 0n),
);

const KINDS: readonly (readonly [opcode: number, takesValue: boolean])[] = [
  [Opcode.CALL, true],
  [Opcode.CALLCODE, true],
  [Opcode.DELEGATECALL, false],
  [Opcode.STATICCALL, false],
];

type Buffers = readonly [inOffset: bigint, inSize: bigint, outOffset: bigint, outSize: bigint];

const NO_BUFFERS: Buffers = [0n, 0n, 0n, 0n];

/** A call of any kind; kinds without a value do not get it. */
export function callTo(
  opcode: number,
  target: bigint,
  value = 0n,
  gas = 200_000n,
  buffers = NO_BUFFERS,
): Uint8Array {
  const takesValue = opcode === Opcode.CALL || opcode === Opcode.CALLCODE;
  return call(opcode, gas, target, ...(takesValue ? [value] : []), ...buffers);
}

/** The code that delegates to an address (EIP-7702). */
export function delegation(address: bigint): Uint8Array {
  return Bytes.concat(Uint8Array.of(0xef, 0x01, 0x00), Bytes.fromBigInt(address, 20));
}

/** A transaction to a program with some balance, with others around. */
export function program(
  name: string,
  code: Uint8Array,
  others: readonly (readonly [bigint, Settled])[] = [],
  changed: Partial<Scene> = {},
): Scene {
  const entrance = { nonce: 1n, balance: 1_000n, code };
  return { name, accounts: [[ENTRANCE, entrance], ...others], ...changed };
}

function ofAllKinds(
  what: string,
  target: bigint,
  others: readonly (readonly [bigint, Settled])[],
  buffers = NO_BUFFERS,
  value = 0n,
): Scene {
  const calls = KINDS.map(([opcode]) => callTo(opcode, target, value, 200_000n, buffers));
  const after = assemble(Opcode.RETURNDATASIZE, Opcode.POP);
  const code = Bytes.concat(...calls.flatMap((one) => [one, after]));
  return program(`calls of all kinds to ${what}`, code, others);
}

const endings: readonly Scene[] = [
  ofAllKinds(
    "code that tells who it is",
    CALLEE,
    [[CALLEE, { nonce: 1n, code: telling }]],
    [3n, 40n, 0n, 0n],
  ),
  ofAllKinds(
    "code that returns",
    CALLEE,
    [[CALLEE, { nonce: 1n, code: returning }]],
    [0n, 1n, 77n, 2_000n],
  ),
  ofAllKinds(
    "code that returns more than is wanted",
    CALLEE,
    [[CALLEE, { code: returning }]],
    [0n, 0n, 5n, 10n],
  ),
  ofAllKinds(
    "code that reverts with data",
    CALLEE,
    [[CALLEE, { code: reverting }]],
    [0n, 0n, 0n, 64n],
  ),
  ofAllKinds(
    "code that runs out of gas",
    CALLEE,
    [[CALLEE, { code: exhausting }]],
    [0n, 9n, 0n, 9n],
  ),
  ofAllKinds("code that is no code", CALLEE, [[CALLEE, { code: Uint8Array.of(0xfe) }]]),
  ofAllKinds("code that stores", CALLEE, [[CALLEE, { code: storing }]]),
  ofAllKinds(
    "an account without code, with value",
    PAUPER,
    [[PAUPER, { balance: 7n }]],
    undefined,
    5n,
  ),
  ofAllKinds("nobody", NOBODY, []),
  ofAllKinds("nobody, with value", NOBODY, [], undefined, 3n),
  ofAllKinds("an empty account that exists", HUSK, [[HUSK, {}]]),
  ofAllKinds("an empty account that exists, with value", HUSK, [[HUSK, {}]], undefined, 1n),
  ofAllKinds("more value than there is", PAUPER, [[PAUPER, { balance: 7n }]], undefined, 1_001n),
  ofAllKinds("all value there is", PAUPER, [[PAUPER, { balance: 7n }]], undefined, 1_000n),
];

const values: readonly Scene[] = [
  program("calls to itself with value", callTo(Opcode.CALL, ENTRANCE, 9n, 3_000n)),
  program("a stipend for a call with no gas", callTo(Opcode.CALL, CALLEE, 1n, 0n), [
    [CALLEE, { code: telling }],
  ]),
  program("more gas than 63 of 64 parts", callTo(Opcode.CALL, CALLEE, 1n, ALL_GAS), [
    [CALLEE, { code: Uint8Array.of(Opcode.GAS) }],
  ]),
  program("a value in a static call halts", callTo(Opcode.STATICCALL, CALLEE), [
    [CALLEE, { balance: 10n, code: callTo(Opcode.CALL, OTHER, 1n) }],
  ]),
  program("a call without value in a static call is static", callTo(Opcode.STATICCALL, CALLEE), [
    [CALLEE, { balance: 10n, code: callTo(Opcode.CALL, OTHER, 0n) }],
    [OTHER, { code: storing }],
  ]),
  program(
    "CALLCODE with value and DELEGATECALL under a value",
    callTo(Opcode.CALL, CALLEE, 100n, 400_000n),
    [
      [
        CALLEE,
        {
          code: assemble(callTo(Opcode.DELEGATECALL, OTHER), callTo(Opcode.CALLCODE, OTHER, 50n)),
        },
      ],
      [OTHER, { code: assemble(telling, callTo(Opcode.CALL, PAUPER, 1n, 1_000n)) }],
    ],
  ),
  program(
    "a revert takes back value, storage and warmth below it",
    assemble(callTo(Opcode.CALL, CALLEE, 10n, 300_000n), callTo(Opcode.CALL, OTHER, 0n)),
    [
      [CALLEE, { code: assemble(callTo(Opcode.CALL, OTHER, 3n), reverting) }],
      [OTHER, { code: storing }],
    ],
  ),
  program("a transaction with value", telling, [], { transaction: { value: 12_345n } }),
  program("a transaction to nobody", Bytes.EMPTY, [], { transaction: { to: NOBODY } }),
  program("a transaction with value to nobody", Bytes.EMPTY, [], {
    transaction: { to: NOBODY, value: 1n },
  }),
  program("a transaction that reverts", reverting, [], { transaction: { value: 1n } }),
  program("a transaction that halts", Uint8Array.of(0xfe), [], { transaction: { value: 1n } }),
  program("a transaction with data that returns", returning, [], {
    data: Uint8Array.from({ length: 1_300 }, (_, i) => i & 0xff),
  }),
];

const halts: readonly Scene[] = [
  ...KINDS.flatMap(([opcode, takesValue]) => [
    program(`${Opcode.nameOf(opcode)} with too few operands`, assemble(1n, 2n, opcode)),
    program(
      `${Opcode.nameOf(opcode)} with input beyond memory`,
      callTo(opcode, CALLEE, 0n, 0n, [FAR, 1n, 0n, 0n]),
    ),
    program(
      `${Opcode.nameOf(opcode)} with output beyond gas`,
      callTo(opcode, CALLEE, 0n, 0n, [0n, 0n, 2n ** 25n, 32n]),
    ),
    program(
      `${Opcode.nameOf(opcode)} of sizes that wrap`,
      callTo(opcode, CALLEE, 0n, 0n, [ALL_GAS, 1n, 1n, ALL_GAS]),
    ),
    program(
      `${Opcode.nameOf(opcode)} of nothing from nowhere`,
      callTo(opcode, CALLEE, 0n, 0n, [ALL_GAS, 0n, ALL_GAS, 0n]),
    ),
    program(`${Opcode.nameOf(opcode)} without gas for access`, callTo(opcode, CALLEE, 0n), [], {
      transaction: { gasLimit: 21_100n },
    }),
    ...(takesValue
      ? [
          program(
            `${Opcode.nameOf(opcode)} without gas for value`,
            callTo(opcode, CALLEE, 1n),
            [],
            { transaction: { gasLimit: 25_000n } },
          ),
        ]
      : []),
  ]),
];

const delegations: readonly Scene[] = [
  ofAllKinds("a delegated account", DELEGATED, [
    [DELEGATED, { nonce: 1n, balance: 5n, code: delegation(CALLEE) }],
    [CALLEE, { code: telling }],
  ]),
  ofAllKinds("an account delegated to nobody", DELEGATED, [
    [DELEGATED, { nonce: 1n, code: delegation(NOBODY) }],
  ]),
  ofAllKinds("an account delegated to a delegated one", DELEGATED, [
    [DELEGATED, { nonce: 1n, code: delegation(OTHER) }],
    [OTHER, { nonce: 1n, code: delegation(CALLEE) }],
    [CALLEE, { code: telling }],
  ]),
  ofAllKinds("an account delegated to itself", DELEGATED, [
    [DELEGATED, { nonce: 1n, code: delegation(DELEGATED) }],
  ]),
  ofAllKinds("an account delegated to a precompile", DELEGATED, [
    [DELEGATED, { nonce: 1n, code: delegation(4n) }],
  ]),
  ofAllKinds("an account delegated to the zero address", DELEGATED, [
    [DELEGATED, { nonce: 1n, code: delegation(0n) }],
  ]),
  ofAllKinds("code that only starts like a delegation", DELEGATED, [
    [DELEGATED, { nonce: 1n, code: Bytes.concat(delegation(CALLEE), Uint8Array.of(0)) }],
  ]),
  program("a transaction to a delegated account", Bytes.EMPTY, [
    [ENTRANCE, { nonce: 1n, code: delegation(CALLEE) }],
    [CALLEE, { code: assemble(telling, callTo(Opcode.CALL, OTHER, 0n)) }],
  ]),
  program(
    "a call without gas for the delegate",
    callTo(Opcode.CALL, DELEGATED, 0n, 0n),
    [
      [DELEGATED, { nonce: 1n, code: delegation(CALLEE) }],
      [CALLEE, { code: telling }],
    ],
    { transaction: { gasLimit: 25_000n } },
  ),
  program("a call too poor after following a delegation", callTo(Opcode.CALL, DELEGATED, 2_000n), [
    [DELEGATED, { nonce: 1n, code: delegation(CALLEE) }],
  ]),
];

/** Calls itself until it may not, with all gas. */
export const DEEP: Scene = program(
  "calls down to depth 1,024",
  assemble(
    call(Opcode.CALL, ALL_GAS, ENTRANCE, 0n, 0n, 0n, 0n, 0n),
    call(Opcode.MSTORE, 0n, 1n),
    call(Opcode.RETURN, 0n, 4n),
  ),
  [],
  { phase: Phase.START, transaction: { gasLimit: 2n ** 62n } },
);

export const CALL_SCENES: readonly Scene[] = [...endings, ...values, ...halts, ...delegations];
