// How fast states are committed to: what a dispute's trees are made of.
import type { Source } from "../../src/watcher/claimTrace.ts";
import { treeShape } from "../../src/watcher/treeShape.ts";
import * as Chunk from "../../src/machine/chunk.ts";
import * as Machine from "../../src/machine/machine.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Step from "../../src/machine/step.ts";
import type { GenesisAccount } from "../../src/machine/genesis.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as DerivedChain from "../../test/harness/derivedChain.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import { timed } from "./cpuTime.ts";
import * as Programs from "./programs.ts";
import type { Topic } from "./report.ts";
import { count, rate, table } from "./table.ts";

const AIM = 200_000;
const ROUNDS = 3;
/** The most steps that a block of 30,000,000 gas can hold: none costs less than one gas. */
const BLOCK_STEPS = 30_000_000;
const TRANSFERS = 200;
const LOOP_GAS = 2_000_000n;
const TRANSFER_GAS = 100_000n;
const PROGRAM = 0xc0den;
const to = Hex.fromBytes(Bytes.fromBigInt(PROGRAM, 20));

type Scene = {
  readonly name: string;
  readonly account: GenesisAccount;
  readonly transactions: readonly Uint8Array[];
};

const SCENES: readonly Scene[] = [
  loop("countdown", Programs.tiny(30_000n)),
  loop("MUL and ADD", Programs.arithmetic(20_000n)),
  loop("KECCAK256 and MSTORE", Programs.hashing(15_000n)),
  {
    name: `${TRANSFERS} transfers of OpenZeppelin's ERC-20 to new holders`,
    account: {
      ...L2Chain.contractAt(PROGRAM, Hex.fromBytes(Programs.tokenCode)),
      storage: [
        { slot: Programs.balanceSlot(L2Chain.addressOf(L2Chain.ALICE)), value: 10n ** 30n },
      ],
    },
    transactions: Array.from({ length: TRANSFERS }, (_, nonce) => {
      const data = Hex.fromBytes(Programs.transfer(0xa11ce000n + BigInt(nonce), 1n));
      return L2Chain.transaction(L2Chain.ALICE, nonce, { to, data, gasLimit: TRANSFER_GAS });
    }),
  },
];

export const commitmentSpeed: Topic = {
  name: "commitment",
  title: "Commitment",
  measure: async (say) => {
    const rows: string[][] = [];
    for (const { name, account, transactions } of SCENES) {
      say(name);
      const source = await DerivedChain.open([account], [transactions]);
      let [states, trees, steps] = [0, 0, 0];
      for (let round = 0; round < ROUNDS; round++) {
        const hashed = await measured(() => hashStates(startOf(source)));
        const committed = await measured(() => hashTrees(startOf(source)));
        steps = hashed.steps;
        states = Math.max(states, hashed.perSecond);
        trees = Math.max(trees, committed.perSecond);
      }
      const minutes = (BLOCK_STEPS / trees / 60).toFixed(1);
      const verdict = states >= AIM ? "met" : "missed";
      const aim = `${rate(AIM)}, ${verdict}`;
      rows.push([name, count(steps), rate(states), aim, rate(trees), minutes]);
    }
    const head = [
      "block",
      "steps",
      "states hashed",
      "aim",
      "with the tree over them",
      "minutes for 30,000,000 steps",
    ];
    return [
      table(head, rows),
      [
        "Whole blocks, from bytes to the end of the block; the state is hashed after every step, and the tree over the states with",
        "it. One core, processor time. A dispute hashes a block once. The section below has the worst block, by the clock.",
        "A step of a transfer takes 5.5 permutations of Keccak: 2.9 for the frame, 1 for the machine, 0.8 for the stack; the rest is frames",
        "entered, tries written, and what every transaction hashes anew, itself, its receipt and the block, spread over some 200 steps.",
      ].join("\n"),
    ].join("\n\n");
  },
};

function loop(name: string, code: Uint8Array): Scene {
  return {
    name,
    account: L2Chain.contractAt(PROGRAM, Hex.fromBytes(code)),
    transactions: [L2Chain.transaction(L2Chain.ALICE, 0, { to, gasLimit: LOOP_GAS })],
  };
}

function startOf(source: Source): Machine.Machine {
  return DerivedChain.beforeBlock(source, 1n);
}

async function measured(work: () => number): Promise<{ steps: number; perSecond: number }> {
  let steps = 0;
  const seconds = await timed(() => {
    steps = work();
  });
  return { steps, perSecond: steps / seconds };
}

function hashStates(machine: Machine.Machine): number {
  let steps = 0;
  do {
    Step.step(machine);
    Machine.hash(machine);
    steps++;
  } while (machine.phase !== Phase.DONE);
  return steps;
}

function hashTrees(machine: Machine.Machine): number {
  const shape = treeShape(26);
  let steps = 0;
  do steps += Chunk.commit(machine, shape)[0]?.length ?? 0;
  while (machine.phase !== Phase.DONE);
  return steps;
}
