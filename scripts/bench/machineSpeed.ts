// How fast the node's only engine runs, beside another EVM in TypeScript that runs the same code in the same process.
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { Caches, MerkleStateManager } from "@ethereumjs/statemanager";
import { Account as PeerAccount, Address } from "@ethereumjs/util";
import * as Cursor from "../../src/machine/cursor.ts";
import * as IntrinsicGas from "../../src/machine/intrinsicGas.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Run from "../../src/machine/run.ts";
import * as Step from "../../src/machine/step.ts";
import * as View from "../../src/machine/view.ts";
import * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256, keccak256Word } from "../../src/primitives/keccak.ts";
import * as Uint256 from "../../src/primitives/uint256.ts";
import * as Stage from "../../test/parity/stage.ts";
import { timed } from "./cpuTime.ts";
import * as Programs from "./programs.ts";
import type { Topic } from "./report.ts";
import { count, rate, ratio, table } from "./table.ts";

type Measured = { readonly steps: number; readonly gas: bigint; readonly seconds: number };

/** What the peer hashes with; undefined for what it brings. */
type Hash = ((bytes: Uint8Array) => Uint8Array) | undefined;

const ROUNDS = 4;
const AIM = 10;
const LOOP_GAS = 1n << 40n;
const TRANSFERS = 2_000;
const TOKENS = 10n ** 30n;
const SUPPLY = [[Programs.balanceSlot(Stage.SENDER), TOKENS]] as const;

type Loop = {
  readonly name: string;
  readonly program: Uint8Array;
  readonly rounds: number;
  /** What no machine in JavaScript can spare in these rounds, and its name. */
  readonly least: { readonly name: string; readonly run: (rounds: number) => void } | undefined;
};

const LOOPS: readonly Loop[] = [
  {
    name: "countdown, 7 opcodes a round",
    program: Programs.tiny(300_000n),
    rounds: 300_000,
    least: undefined,
  },
  {
    name: "MUL and ADD, 13 opcodes a round",
    program: Programs.arithmetic(150_000n),
    rounds: 150_000,
    least: { name: "product and sum", run: productsAndSums },
  },
  {
    name: "KECCAK256 and MSTORE, 12 opcodes a round",
    program: Programs.hashing(60_000n),
    rounds: 60_000,
    least: { name: "hash, its integer and that in memory", run: hashesInMemory },
  },
];

export const machineSpeed: Topic = {
  name: "machine",
  title: "Machine",
  measure: async (say) => {
    const rows: string[][] = [];
    const rounds: string[] = [];
    for (const loop of LOOPS) {
      const { name, program } = loop;
      say(name);
      const ways = [
        () => ourLoop(program),
        () => theirLoop(program, keccak256),
        () => theirLoop(program, undefined),
      ] as const;
      const three = await best(ways);
      rows.push(row(name, three));
      rounds.push(...(await aRound(loop, three)));
    }
    say(`${TRANSFERS} transfers of an ERC-20`);
    const transfers = await best([
      ourTransfers,
      () => theirTransfers(keccak256),
      () => theirTransfers(undefined),
    ]);
    rows.push(row("transfer of OpenZeppelin's ERC-20 to a new holder", transfers));
    const [ours, theirs] = transfers;
    const perSecond = ({ seconds }: Measured) => rate(TRANSFERS / seconds);
    const head = [
      ...["program", "steps", "`run`", "gas", "@ethereumjs/evm 10.1.3", "ratio", "aim"],
      ...["with its own Keccak", "ratio"],
    ];
    return [
      table(head, rows),
      `An ERC-20 transfer: ${perSecond(ours)} here, ${perSecond(theirs)} there, each with the state root after the last.`,
      [
        `Steps are opcodes; both gave the same gas. Processor time, the best of ${ROUNDS} alternating runs. The peer is given this`,
        "project's Keccak in place of its slower one, and its caches; the last columns have it with the Keccak that it brings.",
      ].join("\n"),
      [
        ...rounds,
        "What is left of a tenth then pays for 12 or 13 opcodes, and is less than they take here. Calls and storage, which is what contracts",
        "do, are where the peer loses its time.",
      ].join("\n"),
    ].join("\n\n");
  },
};

/** Of this machine, of the peer with this project's Keccak, and of the peer with its own. */
type Three<T> = readonly [ours: T, theirs: T, theirOwn: T];

function row(name: string, [ours, theirs, theirOwn]: Three<Measured>): string[] {
  assert(ours.gas === theirs.gas, "two machines agree on the gas of a program");
  const speed = ours.steps / ours.seconds;
  const peer = ours.steps / theirs.seconds;
  const own = ours.steps / theirOwn.seconds;
  const factor = speed / peer;
  const aim = `${AIM}x, ${factor >= AIM ? "met" : "missed"}`;
  const gas = rate(Number(ours.gas) / ours.seconds);
  return [
    ...[name, count(ours.steps), rate(speed), gas, rate(peer), ratio(speed, peer), aim],
    ...[rate(own), ratio(speed, own)],
  ];
}

// One round here and there, and what a bare loop of JavaScript takes for what the round is about.
async function aRound(
  { name, rounds, least }: Loop,
  [ours, theirs]: Three<Measured>,
): Promise<string[]> {
  if (least === undefined) return [];
  let bare = Infinity;
  for (let round = 0; round < ROUNDS; round++)
    bare = Math.min(bare, await timed(() => least.run(rounds)));
  const each = (seconds: number) => `${Math.round((seconds / rounds) * 1e9)} ns`;
  const [here, there] = [each(ours.seconds), each(theirs.seconds)];
  return [
    `A round of ${name.split(",")[0]} takes ${here} here and ${there} there; ${least.name} alone, in a bare loop, ${each(bare)}.`,
  ];
}

function productsAndSums(rounds: number): void {
  let item = 1n;
  for (let round = 0; round < rounds; round++)
    item = Uint256.wrap(Uint256.wrap(item * Programs.MULTIPLIER) + Programs.INCREMENT);
  assert(item !== 0n, "the generator does not end at zero");
}

function hashesInMemory(rounds: number): void {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  for (let round = 0; round < rounds; round++) Bytes.writeWord(view, 0, keccak256Word(bytes));
}

async function best([ours, theirs, theirOwn]: Three<() => Promise<Measured>>): Promise<
  Three<Measured>
> {
  let fastest: Three<Measured> = [await ours(), await theirs(), await theirOwn()];
  for (let round = 1; round < ROUNDS; round++) {
    fastest = [
      faster(fastest[0], await ours()),
      faster(fastest[1], await theirs()),
      faster(fastest[2], await theirOwn()),
    ];
  }
  return fastest;
}

function faster(one: Measured, other: Measured): Measured {
  return one.seconds < other.seconds ? one : other;
}

async function ourLoop(program: Uint8Array): Promise<Measured> {
  const start = Stage.machineOf({ fork: "Osaka", program, gas: LOOP_GAS });
  const steps = stepsOf(start);
  const machine = Machine.clone(start);
  const seconds = await timed(() => Run.runTransaction(machine));
  return { steps, gas: executionGas(machine), seconds };
}

async function theirLoop(program: Uint8Array, hash: Hash): Promise<Measured> {
  const evm = await peer(program, [], hash);
  let gas = 0n;
  const seconds = await timed(async () => {
    gas = await call(evm, Bytes.EMPTY);
  });
  return { steps: 0, gas, seconds };
}

async function ourTransfers(): Promise<Measured> {
  const scene = {
    fork: "Osaka",
    program: Programs.tokenCode,
    storage: SUPPLY,
    gas: 200_000n,
  } as const;
  const first = Stage.machineOf(scene);
  let { world } = first;
  let gas = 0n;
  const transferTo = (index: number, run: (machine: Machine.Machine) => void) => {
    const machine = Machine.create(first.context, first.block, World.reset(world));
    const { transaction } = first;
    assert(transaction !== null, "a scene has a transaction");
    const data = calldata(index);
    const dataZeroes = data.filter((byte) => byte === 0).length;
    machine.transaction = { ...transaction, data: View.ofBytes(data), dataZeroes };
    machine.phase = Phase.START;
    run(machine);
    return machine;
  };
  const steps = stepsOf(transferTo(0, () => undefined)) * TRANSFERS;
  const seconds = await timed(() => {
    for (let index = 0; index < TRANSFERS; index++) {
      const machine = transferTo(index, Run.runTransaction);
      ({ world } = machine);
      gas += executionGas(machine);
    }
    PatriciaTrie.root(world.state);
  });
  return { steps, gas, seconds };
}

async function theirTransfers(hash: Hash): Promise<Measured> {
  const evm = await peer(Programs.tokenCode, SUPPLY, hash);
  let gas = 0n;
  const seconds = await timed(async () => {
    for (let index = 0; index < TRANSFERS; index++) {
      gas += await call(evm, calldata(index));
      await evm.journal.cleanup();
    }
    await evm.stateManager.getStateRoot();
  });
  return { steps: 0, gas, seconds };
}

function calldata(index: number): Uint8Array {
  return Programs.transfer(Bytes.toBigInt(keccak256(Bytes.fromNumber(index, 4)).slice(12)), 1n);
}

function stepsOf(start: Machine.Machine): number {
  const machine = Machine.clone(start);
  let steps = 0;
  while (machine.phase !== Phase.ENTRY) {
    if (machine.phase === Phase.EXECUTE) steps++;
    Step.step(machine);
  }
  return steps;
}

function executionGas({ result }: Machine.Machine): bigint {
  assert(result?.status === Cursor.STATUS_SUCCESS, "the program succeeds");
  return result.gasUsed - IntrinsicGas.intrinsic(result.transaction);
}

async function peer(
  program: Uint8Array,
  storage: readonly (readonly [bigint, bigint])[],
  hash: Hash,
): Promise<EVM> {
  const common = new Common({
    chain: Mainnet,
    hardfork: Hardfork.Osaka,
    ...(hash === undefined ? {} : { customCrypto: { keccak256: hash } }),
  });
  const stateManager = new MerkleStateManager({ common, caches: new Caches() });
  const to = addressOf(Stage.PROGRAM);
  await stateManager.putAccount(to, new PeerAccount(1n, 1_000_000n));
  await stateManager.putAccount(addressOf(Stage.SENDER), new PeerAccount(5n, 10n ** 20n));
  await stateManager.putCode(to, program);
  for (const [slot, value] of storage)
    await stateManager.putStorage(to, Bytes.fromBigInt(slot, 32), Bytes.fromBigInt(value, 32));
  await stateManager.flush();
  return createEVM({ common, stateManager });
}

async function call(evm: EVM, data: Uint8Array): Promise<bigint> {
  const to = addressOf(Stage.PROGRAM);
  const caller = addressOf(Stage.SENDER);
  const { execResult } = await evm.runCall({ to, caller, data, gasLimit: LOOP_GAS });
  assert(execResult.exceptionError === undefined, "the program succeeds");
  return execResult.executionGasUsed;
}

function addressOf(address: bigint): Address {
  return new Address(Bytes.fromBigInt(address, 20));
}
