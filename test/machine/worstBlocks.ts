// Programs that take as many steps as they can for their gas.
import * as Opcode from "../../src/machine/opcode.ts";
import type * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { listOf } from "../parity/admissionScenes.ts";
import { callTo } from "../parity/callScenes.ts";
import { assemble, call } from "../parity/program.ts";
import { ENTRANCE, type Scene } from "../parity/transactionScene.ts";

const CALLEE = 0xca11een;
const IDENTITY = 4n;
const SLIDE = 4_000;
// A cleared slot on the access list: it costs what it brings back.
const CLEARED_GAS = 4_800n;
const CLEAR = 2_910n;
const TO_THE_END = 200n;

/** Runs the body until the gas is nearly used up, then the ending. */
function repeated(name: string, body: Uint8Array, bodyGas: bigint, changed: Partial<Scene>): Scene {
  return endingWith(name, body, bodyGas + TO_THE_END, Uint8Array.of(Opcode.STOP), changed);
}

function endingWith(
  name: string,
  body: Uint8Array,
  kept: bigint,
  ending: Uint8Array,
  changed: Partial<Scene>,
): Scene {
  const loop = assemble(Opcode.JUMPDEST, body, Opcode.GAS, kept, Opcode.LT, 0n, Opcode.JUMPI);
  const entrance = { nonce: 1n, balance: 10n ** 9n, code: assemble(loop, ending) };
  return { name, ...changed, accounts: [[ENTRANCE, entrance], ...(changed.accounts ?? [])] };
}

const slide = new Uint8Array(SLIDE).fill(Opcode.JUMPDEST);

/** JUMPDESTs, and as many cleared slots as the refund pays for. */
function refunded(gasLimit: bigint): Scene {
  const count = Number(gasLimit / 5n / CLEARED_GAS);
  const slots = Array.from({ length: count }, (_, index) => BigInt(index));
  const clearing = assemble(...slots.map((slot) => call(Opcode.SSTORE, slot, 0n)));
  const kept = BigInt(SLIDE) + TO_THE_END + BigInt(count) * CLEAR;
  const scene = endingWith("JUMPDEST, refunded", slide, kept, clearing, {
    transaction: {
      gasLimit,
      ...listOf(slots.map((slot) => [ENTRANCE, slot] as const)),
    },
  });
  const storage = slots.map((slot) => [slot, 1n] as const);
  const [[address, entrance] = [ENTRANCE, {}]] = scene.accounts ?? [];
  return { ...scene, accounts: [[address, { ...entrance, storage }]] };
}

/** Scenes that use up the gas limit, each on another way to many steps. */
export function worstTransactions(gasLimit: bigint): Scene[] {
  const transaction: Partial<TransactionContext.Transaction> = { gasLimit };
  const changed = { transaction };
  const noop = { accounts: [[CALLEE, { nonce: 1n }]] as const, transaction };
  const asking = [0n, 1_024n, 2_048n, 1_024n] as const;
  const returning = assemble(call(Opcode.RETURN, 0n, 1_024n));
  return [
    repeated("JUMPDEST", slide, BigInt(SLIDE), changed),
    refunded(gasLimit),
    repeated("GAS, POP", bytes(Opcode.GAS, Opcode.POP), 4n, changed),
    repeated(
      "calls of an empty code",
      assemble(callTo(Opcode.CALL, CALLEE, 0n, 0n), Opcode.POP),
      3_000n,
      noop,
    ),
    repeated(
      "calls with value",
      assemble(callTo(Opcode.CALL, CALLEE, 1n, 0n), Opcode.POP),
      13_000n,
      noop,
    ),
    repeated(
      "calls of identity",
      assemble(callTo(Opcode.STATICCALL, IDENTITY, 0n, 500n, asking), Opcode.POP),
      3_000n,
      changed,
    ),
    repeated(
      "calls that return 1,024 bytes",
      assemble(callTo(Opcode.CALL, CALLEE, 0n, 500n, asking), Opcode.POP),
      6_000n,
      {
        accounts: [[CALLEE, { nonce: 1n, code: returning }]],
        transaction,
      },
    ),
    repeated("copies of 1,025 bytes", call(Opcode.MCOPY, 0n, 1n, 1_025n), 1_000n, changed),
    repeated("copies of a byte", call(Opcode.CODECOPY, 0n, 0n, 1n), 1_000n, changed),
    repeated("copies of another code", call(Opcode.EXTCODECOPY, CALLEE, 0n, 0n, 1n), 4_000n, {
      accounts: [[CALLEE, { nonce: 1n, code: returning }]],
      transaction,
    }),
    repeated("logs of nothing", call(Opcode.LOG0, 0n, 0n), 1_000n, changed),
    repeated("logs of 1,025 bytes", call(Opcode.LOG0, 0n, 1_025n), 20_000n, changed),
    repeated(
      "hashes of 65,537 bytes",
      assemble(call(Opcode.KECCAK256, 0n, 65_537n), Opcode.POP),
      50_000n,
      changed,
    ),
    repeated("creations", assemble(call(Opcode.CREATE, 0n, 0n, 0n), Opcode.POP), 60_000n, changed),
    repeated("transient slots", call(Opcode.TSTORE, 1n, 2n), 1_000n, changed),
    { name: "nothing but the transaction", transaction: { gasLimit: 21_000n } },
  ];
}

function bytes(...opcodes: readonly number[]): Uint8Array {
  return Bytes.concat(...opcodes.map((opcode) => Uint8Array.of(opcode)));
}
