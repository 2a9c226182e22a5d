// A block in which every phase and every family of opcodes has its turn.
import { hashAuthorization, SigningKey } from "ethers";
import * as Block from "../../src/machine/block.ts";
import * as Family from "../../src/machine/family.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Prove from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { assemble, call } from "../parity/program.ts";

const PROGRAM = 0xc0den;
const LIBRARY = 0x11bn;
const SHA256 = 2n;
const IDENTITY = 4n;
const NOBODY = "0x0000000000000000000000000000000000000404";

export type Recorded = {
  readonly name: string;
  readonly family: number;
  readonly before: string;
  readonly witness: string;
  readonly after: string;
};

const library = assemble(
  call(Opcode.SSTORE, 1n, 2n),
  call(Opcode.TSTORE, 1n, 2n),
  call(Opcode.MSTORE, 0n, 0x1234n),
  call(Opcode.RETURN, 0n, 32n),
);

// Initcode that destroys its own contract.
const shortLived = assemble(call(Opcode.SELFDESTRUCT, 0xbebn));
const initCode = assemble(call(Opcode.RETURN, 0n, 3n));

const program = assemble(
  store(initCode),
  call(Opcode.CREATE, 0n, 0n, BigInt(initCode.length)),
  store(shortLived),
  call(Opcode.CREATE2, 0n, 0n, BigInt(shortLived.length), 7n),
  call(Opcode.CALL, 60_000n, LIBRARY, 0n, 0n, 4n, 0n, 32n),
  call(Opcode.DELEGATECALL, 60_000n, LIBRARY, 0n, 0n, 0n, 0n),
  call(Opcode.STATICCALL, 60_000n, LIBRARY, 0n, 0n, 0n, 0n),
  call(Opcode.STATICCALL, 60_000n, SHA256, 0n, 64n, 0n, 32n),
  call(Opcode.STATICCALL, 60_000n, IDENTITY, 0n, 64n, 0n, 32n),
  call(Opcode.LOG2, 0n, 1_500n, 1n, 2n),
  call(Opcode.KECCAK256, 0n, 70_000n),
  call(Opcode.KECCAK256, 0n, 40n),
  call(Opcode.EXTCODECOPY, LIBRARY, 0n, 0n, 40n),
  call(Opcode.CALLDATACOPY, 5n, 1n, 40n),
  call(Opcode.MCOPY, 3n, 1n, 40n),
  call(Opcode.MLOAD, 3n),
  call(Opcode.MSTORE8, 3n, 9n),
  call(Opcode.SLOAD, 1n),
  call(Opcode.TLOAD, 1n),
  call(Opcode.BLOCKHASH, 0n),
  call(Opcode.CALLDATALOAD, 1n),
  call(Opcode.BALANCE, LIBRARY),
  call(Opcode.EXTCODESIZE, LIBRARY),
  Opcode.TIMESTAMP,
  Opcode.ORIGIN,
  call(Opcode.EXP, 3n, 300n),
  2n ** 255n,
  Opcode.SWAP1,
  Opcode.DUP1,
  call(Opcode.CLZ, 5n),
  call(Opcode.SELFDESTRUCT, LIBRARY),
);

/** The first step of each phase and each opcode in the block. */
export function firstSteps(): Recorded[] {
  const steps = new Map<string, Recorded>();
  const machine = start();
  do {
    const { phase } = machine;
    const opcode = Step.nextOpcode(machine);
    const name = nameOf(phase, opcode);
    const before = Hex.fromBytes(Machine.hash(machine));
    const witness = Hex.fromBytes(Prove.prove(machine));
    const after = Hex.fromBytes(Machine.hash(machine));
    const family = Family.judging(phase, opcode);
    if (!steps.has(name)) steps.set(name, { name, family, before, witness, after });
  } while (machine.phase !== Phase.DONE);
  return [...steps.values()];
}

function nameOf(phase: number, opcode: number): string {
  if (phase === Phase.DONE) return "phase BEGIN";
  return phase === Phase.EXECUTE ? Opcode.nameOf(opcode) : `phase ${Phase.NAMES[phase]}`;
}

function start(): Machine.Machine {
  const chain = L2Chain.create([
    L2Chain.contractAt(PROGRAM, Hex.fromBytes(program)),
    L2Chain.contractAt(LIBRARY, Hex.fromBytes(library)),
  ]);
  L1Chain.deposit(chain.l1, { mint: 5n, gasLimit: 100_000n });
  const authorization = { address: NOBODY, nonce: 0n, chainId: chain.context.chainId };
  const signature = new SigningKey(L2Chain.BOB).sign(hashAuthorization(authorization));
  const fields = {
    to: Hex.fromBytes(Bytes.fromBigInt(PROGRAM, 20)),
    gasLimit: 1_000_000n,
    data: "0x0102030405",
    accessList: [{ address: NOBODY, storageKeys: [Hex.fromBytes(new Uint8Array(32))] }],
  };
  const transactions = [
    L2Chain.transaction(L2Chain.ALICE, 0, fields),
    L2Chain.transaction(L2Chain.ALICE, 1, {
      type: 4,
      to: NOBODY,
      authorizationList: [{ ...authorization, signature }],
    }),
  ];
  const timestamp = L2Chain.GENESIS_TIME + 90n;
  L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp, transactions }]) });
  return Block.after(chain.genesis, chain.context, L2Chain.inboxOf(chain));
}

// Puts code at the start of memory.
function store(code: Uint8Array): Uint8Array {
  return call(Opcode.MSTORE, 0n, Bytes.toBigInt(Bytes.padRight(code, 32)));
}
