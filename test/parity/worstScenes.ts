// The dearest steps between frames: tries of full branches, twelve deep, and the longest codes.
import * as ContractAddress from "../../src/machine/contractAddress.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import type * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import { tuple, AUTHORITY, listOf } from "./admissionScenes.ts";
import { callTo, delegation, program } from "./callScenes.ts";
import { creating } from "./creationScenes.ts";
import { assemble, call } from "./program.ts";
import { ENTRANCE, machineOf, type Scene, SENDER } from "./transactionScene.ts";

const DEPTH = 12;
const NIBBLES = 16;
const COINBASE = 0x4200000000000000000000000000000000000011n;
const CALLEE = 0xca11een;
const DELEGATED = 0xde1e6a7edn;
const PAUPER = 0x9a09e4n;
const NOBODY = 0x404n;
const VALUE = 3n;

const longestCode = Uint8Array.from({ length: 24_576 }, (_, i) => (i * 131 + (i >> 8)) & 0xff);
longestCode[0] = Opcode.STOP;
const longestData = Uint8Array.from({ length: 65_536 }, (_, i) => ((i * 37) & 0xff) | 1);
const longestInitCode = longestData.slice(0, 49_152);
longestInitCode[0] = Opcode.STOP;
longestData[0] = Opcode.STOP;

/** Addresses whose ways through state and substate are made long. */
const CROWDED = [
  ENTRANCE,
  SENDER,
  COINBASE,
  CALLEE,
  DELEGATED,
  PAUPER,
  NOBODY,
  AUTHORITY,
  ContractAddress.byNonce(ENTRANCE, 1n),
  ContractAddress.byNonce(SENDER, 5n),
];

/** A slot of the entrance whose ways through storage and substate are made long. */
const CROWDED_SLOT = 1n;
const LONGEST_VALUE = 2n ** 256n - 1n;

/** A machine for the scene in which every account has neighbours at every depth. */
export function crowdedMachineOf(scene: Scene): Machine.Machine {
  const machine = machineOf(scene, "Osaka");
  const neighbours = [
    ...CROWDED.map(HashedKeys.ofAddress),
    HashedKeys.ofAddressAndSlot(ENTRANCE, CROWDED_SLOT),
  ].flatMap(neighboursOf);
  const { substate } = machine.world;
  const state = crowdStorage(machine.world.state);
  const settled = PatriciaTrie.get(state, HashedKeys.ofAddress(SENDER));
  if (settled === undefined) throw new NoSenderError();
  machine.world = World.withState(
    World.withSubstate(
      machine.world,
      neighbours.reduce((trie, key) => PatriciaTrie.put(trie, key, World.ACCESSED), substate),
    ),
    neighbours.reduce((trie, key) => PatriciaTrie.put(trie, key, settled), state),
  );
  return machine;
}

function crowdStorage(state: World.State): World.State {
  const key = HashedKeys.ofAddress(ENTRANCE);
  const entrance = PatriciaTrie.get(state, key);
  if (entrance === undefined) return state;
  const storage = neighboursOf(HashedKeys.ofSlot(CROWDED_SLOT)).reduce(
    (trie, slot) => PatriciaTrie.put(trie, slot, LONGEST_VALUE),
    entrance.storage,
  );
  return PatriciaTrie.put(state, key, { ...entrance, storage });
}

/** Keys that leave the way of a key at each depth by each nibble but its own. */
function neighboursOf(key: Uint8Array): Uint8Array[] {
  return Array.from({ length: DEPTH }, (_, depth) =>
    Array.from({ length: NIBBLES - 1 }, (__, index) => leaving(key, depth, index + 1)),
  ).flat();
}

function leaving(key: Uint8Array, depth: number, change: number): Uint8Array {
  const neighbour = keccak256(Bytes.concat(key, Uint8Array.of(depth, change)));
  const position = Math.floor(depth / 2);
  neighbour.set(key.subarray(0, position));
  const isHigh = depth % 2 === 0;
  const byte = (key[position] ?? 0) ^ (isHigh ? change << 4 : change);
  neighbour[position] = isHigh ? (byte & 0xf0) | ((neighbour[position] ?? 0) & 0x0f) : byte;
  return neighbour;
}

function started(scene: Scene): Scene {
  return { ...scene, phase: Phase.START };
}

const gas = { gasLimit: 16_777_216n };

export const WORST_SCENES: readonly Scene[] = [
  started(
    program(
      "a call with value to the longest code, by delegation",
      callTo(Opcode.CALL, DELEGATED, VALUE),
      [
        [DELEGATED, { nonce: 1n, code: delegation(CALLEE) }],
        [CALLEE, { nonce: 1n, code: longestCode }],
      ],
    ),
  ),
  started(
    program(
      "calls of all kinds to the longest code",
      assemble(
        ...[Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL].map((opcode) =>
          callTo(opcode, CALLEE, VALUE, 50_000n),
        ),
      ),
      [[CALLEE, { nonce: 1n, code: longestCode }]],
    ),
  ),
  started(program("a call with value to nobody", callTo(Opcode.CALL, NOBODY, VALUE))),
  started(
    program(
      "a creation by the longest initcode",
      creating(Opcode.CREATE, longestInitCode, VALUE),
      [],
      {
        transaction: gas,
      },
    ),
  ),
  started(
    program(
      "a salted creation by the longest initcode",
      creating(Opcode.CREATE2, longestInitCode, VALUE),
      [],
      {
        transaction: gas,
      },
    ),
  ),
  started({
    name: "a deposit that creates by the longest data",
    data: longestData,
    transaction: {
      ...gas,
      kind: TransactionContext.DEPOSIT,
      isCreation: true,
      to: 0n,
      nonce: 5n,
      value: VALUE,
    },
  }),
  started(
    program(
      "a creation of the longest code",
      creating(
        Opcode.CREATE,
        assemble(
          call(Opcode.EXTCODECOPY, CALLEE, 0n, 0n, 24_576n),
          call(Opcode.RETURN, 0n, 24_576n),
        ),
        VALUE,
      ),
      [[CALLEE, { nonce: 1n, code: longestCode }]],
      { transaction: gas },
    ),
  ),
  started(
    program("SELFDESTRUCT to an account", call(Opcode.SELFDESTRUCT, PAUPER), [
      [PAUPER, { balance: 1n }],
    ]),
  ),
  started(program("SELFDESTRUCT to nobody", call(Opcode.SELFDESTRUCT, NOBODY))),
  program("a sender with the longest code", Bytes.EMPTY, [
    [SENDER, { nonce: 5n, balance: 10n ** 24n, code: longestCode }],
  ]),
  program("a transaction", Bytes.EMPTY),
  started(
    program("an access list", Bytes.EMPTY, [[PAUPER, { balance: 1n }]], {
      phase: Phase.ACCESS,
      transaction: listOf([[PAUPER], [PAUPER, 1n]]),
    }),
  ),
  {
    ...program("a tuple of the longest code", Bytes.EMPTY, [
      [AUTHORITY, { nonce: 0n, code: longestCode }],
    ]),
    phase: Phase.AUTHORIZE,
    transaction: {
      authorizations: { ...tuple(), rest: null, hashed: null },
      authorizationCount: 1,
    },
  },
];

/** The dearest instructions that read and write the state without a call. */
export const WORST_INSTRUCTIONS: readonly Scene[] = [
  started(
    program(
      "a slot",
      assemble(
        call(Opcode.SSTORE, CROWDED_SLOT, LONGEST_VALUE),
        call(Opcode.SLOAD, CROWDED_SLOT),
        call(Opcode.SSTORE, CROWDED_SLOT, 0n),
      ),
    ),
  ),
  started(
    program(
      "an account with the longest code",
      assemble(
        call(Opcode.BALANCE, CALLEE),
        call(Opcode.EXTCODEHASH, CALLEE),
        call(Opcode.EXTCODESIZE, CALLEE),
        call(Opcode.EXTCODECOPY, CALLEE, 0n, 0n, 2_000n),
        Opcode.SELFBALANCE,
      ),
      [[CALLEE, { nonce: 1n, code: longestCode }]],
    ),
  ),
];

export class NoSenderError extends Error {
  override readonly name = "WorstScenes.NoSenderError";
  constructor() {
    super("expected the scene to have a sender");
  }
}
