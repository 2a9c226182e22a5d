// Steps to prove: a sample of each family in a block that does what blocks do, and the scenes of the parity tests.
import { concat, getCreate2Address, getCreateAddress, Interface, keccak256 } from "ethers";
import { readFileSync } from "node:fs";
import * as Block from "../../src/machine/block.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import * as Family from "../../src/machine/family.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import { prove } from "../../src/machine/prove.ts";
import * as Step from "../../src/machine/step.ts";
import { assert } from "../../src/primitives/assert.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import type * as L1Chain from "../../test/harness/l1Chain.ts";
import { deposit, post } from "../../test/harness/l1Chain.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import { ADMISSION_SCENES } from "../../test/parity/admissionScenes.ts";
import { CALL_SCENES } from "../../test/parity/callScenes.ts";
import { CREATION_SCENES } from "../../test/parity/creationScenes.ts";
import { EXAMPLES } from "../../test/parity/instructions.ts";
import { PRECOMPILE_SCENES } from "../../test/parity/precompileScenes.ts";
import * as Stage from "../../test/parity/stage.ts";
import * as Steps from "../../test/parity/steps.ts";
import * as TransactionScene from "../../test/parity/transactionScene.ts";
import * as Programs from "./programs.ts";

export type Sample = Steps.RecordedStep & { readonly index: number };

/** How many steps of a family in the block are proven. */
const PER_FAMILY = 60;
const PER_KIND = 4;
const ENDLESS = 100_000;
/** Any step of a block but its first. */
const SOME_INDEX = 1;

/** Transfer out, Sync and Swap. */
const SWAP_LOGS = 3;

const FACTORY_ABI = new Interface(["function createPair(address, address) returns (address)"]);
const PAIR_ABI = new Interface([
  "function mint(address) returns (uint256)",
  "function swap(uint256, uint256, address, bytes)",
]);

/** Steps of a block, of each family as many, spread over the block. */
export function fromBlock(): { readonly chain: L1Chain.L1Chain; readonly samples: Sample[] } {
  const { chain, start } = busyBlock();
  const places = new Map<number, number[]>();
  walk(start(), (index, machine) => {
    const family = familyOf(machine);
    places.set(family, [...(places.get(family) ?? []).slice(-ENDLESS), index]);
    Step.step(machine);
  });

  const chosen = new Set([...places.values()].flatMap(spread));
  const samples: Sample[] = [];
  walk(start(), (index, machine) => {
    if (!chosen.has(index)) Step.step(machine);
    else samples.push({ ...record(machine), index });
  });
  return { chain, samples };
}

/** The dearest steps in the scenes of the parity tests. */
export function fromScenes(): Sample[] {
  const scenes = [...CALL_SCENES, ...CREATION_SCENES, ...PRECOMPILE_SCENES, ...ADMISSION_SCENES];
  const machines = [
    ...EXAMPLES.filter(({ forks }) => forks?.includes("Osaka") ?? true).map((example) =>
      Stage.machineOf({ fork: "Osaka", ...example }),
    ),
    ...scenes
      .filter((scene) => TransactionScene.forksOf(scene).includes("Osaka"))
      .map((scene) => TransactionScene.machineOf(scene, "Osaka")),
  ];
  return dearest(machines);
}

// Of each kind of step those with the longest witnesses, but all precompiles: their gas is not in their bytes.
function dearest(machines: readonly Machine.Machine[]): Sample[] {
  const kinds = new Map<string, Sample[]>();
  for (const machine of machines) {
    for (const step of Steps.record(machine, ENDLESS)) {
      const known = kinds.get(step.name) ?? [];
      known.push({ ...step, index: SOME_INDEX });
      known.sort((one, other) => other.witness.length - one.witness.length);
      kinds.set(step.name, step.name === "PRECOMPILE" ? known : known.slice(0, PER_KIND));
    }
  }
  return [...kinds.values()].flat();
}

function spread(indexes: readonly number[]): number[] {
  const stride = Math.max(1, Math.ceil(indexes.length / PER_FAMILY));
  return indexes.filter((_, position) => position % stride === 0);
}

function walk(machine: Machine.Machine, take: (index: number, at: Machine.Machine) => void): void {
  let index = 0;
  do {
    take(index, machine);
    index++;
  } while (machine.phase !== Phase.DONE);
}

function familyOf(machine: Machine.Machine): number {
  return Family.judging(machine.phase, Step.nextOpcode(machine));
}

function record(machine: Machine.Machine): Steps.RecordedStep {
  const name = machine.phase === Phase.DONE ? "BEGIN" : Steps.nextStep(machine).name;
  const family = familyOf(machine);
  const before = Hex.fromBytes(Machine.hash(machine));
  const witness = prove(machine);
  return { name, family, before, witness, after: Hex.fromBytes(Machine.hash(machine)) };
}

function busyBlock() {
  const chain = L2Chain.create();
  const alice = Hex.fromBytes(Bytes.fromBigInt(L2Chain.addressOf(L2Chain.ALICE), 20));
  const bob = Hex.fromBytes(Bytes.fromBigInt(L2Chain.addressOf(L2Chain.BOB), 20));
  const created = (nonce: number) => getCreateAddress({ from: alice, nonce });
  const [tokenA, tokenB, factory] = [created(0), created(1), created(2)];
  const pair = pairOf(factory, [tokenA, tokenB]);
  const gasLimit = 8_000_000n;
  const calls = [
    { to: null, data: Programs.tokenCreation, gasLimit },
    { to: null, data: Programs.tokenCreation, gasLimit },
    { to: null, data: factoryCreation(), gasLimit },
    { to: factory, data: FACTORY_ABI.encodeFunctionData("createPair", [tokenA, tokenB]), gasLimit },
    { to: tokenA, data: Programs.mint(pair, 10n ** 20n) },
    { to: tokenB, data: Programs.mint(pair, 10n ** 20n) },
    { to: pair, data: PAIR_ABI.encodeFunctionData("mint", [alice]), gasLimit },
    { to: tokenA, data: Programs.mint(pair, 10n ** 18n) },
    {
      to: pair,
      data: PAIR_ABI.encodeFunctionData("swap", swapArguments(tokenA, tokenB, bob)),
      gasLimit,
    },
    { to: bob, value: 1n },
  ];
  deposit(chain.l1, { mint: 5n, value: 2n, data: Hex.toBytes("0x00ff00") });
  const transactions = calls.map((fields, nonce) =>
    L2Chain.transaction(L2Chain.ALICE, nonce, fields),
  );
  const timestamp = L2Chain.GENESIS_TIME + 2n;
  post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp, transactions }]) });

  const inbox = L2Chain.inboxOf(chain);
  const [block] = L2Chain.derive(chain);
  const good = block?.results.filter(({ status }) => status === Cursor.STATUS_SUCCESS);
  assert(good?.length === calls.length + 1, "every transaction of the block succeeds");
  assert(
    good.some(({ logs }) => logs.length >= SWAP_LOGS),
    "the pair swaps",
  );
  return { chain: chain.l1, start: () => Block.after(chain.genesis, chain.context, inbox) };
}

function swapArguments(tokenA: string, tokenB: string, to: string): unknown[] {
  const out = 9n * 10n ** 17n;
  const isFirst = BigInt(tokenA) < BigInt(tokenB);
  return [isFirst ? 0n : out, isFirst ? out : 0n, to, "0x"];
}

// Uniswap's factory takes the address of whoever may set fees; anyone will do.
function factoryCreation(): string {
  return concat([uniswap("UniswapV2Factory"), new Uint8Array(32)]);
}

function pairOf(factory: string, tokens: readonly string[]): string {
  const sorted = tokens.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return getCreate2Address(factory, keccak256(concat(sorted)), keccak256(uniswap("UniswapV2Pair")));
}

function uniswap(contract: string): string {
  const file = import.meta.resolve(`@uniswap/v2-core/build/${contract}.json`);
  const { bytecode } = JSON.parse(readFileSync(new URL(file), "utf8")) as {
    readonly bytecode: string;
  };
  return `0x${bytecode.replace("0x", "")}`;
}
