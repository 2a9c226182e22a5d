// Every step of whole blocks, from the state before block 1 to the last, through the router and all provers.
import { expect } from "chai";
import { network } from "hardhat";
import * as Block from "../../src/machine/block.ts";
import * as Family from "../../src/machine/family.ts";
import { order } from "../../src/machine/fork.ts";
import * as Machine from "../../src/machine/machine.ts";
import { prove } from "../../src/machine/prove.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as BlockDone from "../../src/protocol/blockDone.ts";
import * as Body from "../../src/protocol/body.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { program } from "../machine/randomProgram.ts";
import { fromSeed, type Random } from "../machine/seededRandom.ts";

const SEED = 0x57484f4c;
const CHAINS = 4;
const CONTRACTS = [0xc0de01n, 0xc0de02n, 0xc0de03n];

const { ethers } = await network.create("l1");

function randomChain(random: Random): L2Chain.L2Chain {
  const addresses = [...CONTRACTS, L2Chain.addressOf(L2Chain.ALICE), 4n, 1n];
  const contracts = CONTRACTS.map((address) =>
    L2Chain.contractAt(address, Hex.fromBytes(program(random, addresses))),
  );
  const chain = L2Chain.create(contracts);
  const to = Bytes.fromBigInt(random.pick(CONTRACTS), 20);
  L1Chain.deposit(chain.l1, { to, mint: 9n, value: 3n, gasLimit: 300_000n });
  const transactions = [
    L2Chain.transaction(L2Chain.ALICE, 0, { to: toHex(random.pick(addresses)), value: 1n }),
    L2Chain.transaction(L2Chain.BOB, 0, { to: null, data: toProgram(random, addresses) }),
    new Uint8Array([0xc0]),
    L2Chain.transaction(L2Chain.ALICE, 5, { to: toHex(1n) }),
    L2Chain.transaction(L2Chain.ALICE, 1, {
      to: toHex(random.pick(CONTRACTS)),
      accessList: [{ address: toHex(2n), storageKeys: [`0x${"00".repeat(32)}`] }],
    }),
  ];
  L1Chain.post(chain.l1, { blocks: 2n, body: Body.encode([{ timestamp: 3n, transactions }]) });
  return chain;
}

function toHex(address: bigint): string {
  return Hex.fromBytes(Bytes.fromBigInt(address, 20));
}

function toProgram(random: Random, addresses: readonly bigint[]): string {
  return Hex.fromBytes(program(random, addresses));
}

describe(`whole blocks through the router (seed ${SEED})`, () => {
  async function deployRouter(chain: L2Chain.L2Chain, provers: readonly string[]) {
    const inbox = await ethers.deployContract("InboxStub", [Hex.fromBytes(L1Chain.PORTAL)]);
    for (const event of chain.l1.log) {
      if (event.type === "batch")
        await inbox.getFunction("setBatch")(event.index, event.accumulator, event.batch.lastBlock);
    }
    const { fork, chainId, caps } = chain.context;
    return ethers.deployContract("OneStepProver", [
      order(fork),
      chainId,
      caps,
      await inbox.getAddress(),
      provers,
    ]);
  }

  it("end in the state of block 2, step by step", async function () {
    this.timeout(300_000);
    const provers: string[] = [];
    for (const name of Family.NAMES) {
      const prover = await ethers.deployContract(`${name}Prover`);
      provers.push(await prover.getAddress());
    }
    const random = fromSeed(SEED);
    const families = new Set<number>();
    let steps = 0;
    for (let i = 0; i < CHAINS; i++) {
      const chain = randomChain(random);
      const router = await deployRouter(chain, provers);
      const { lastBlock } = chain.l1;
      let tip = chain.genesis;
      let state = Hex.fromBytes(BlockDone.hash(tip));
      while (tip.number < lastBlock) {
        const machine = Block.after(tip, chain.context, L2Chain.inboxOf(chain));
        for (let index = 0; machine.done === null || index === 0; index++) {
          const witness = prove(machine);
          state = await router.getFunction("step")(lastBlock, index, state, witness);
          expect(state, `chain ${i}, block ${tip.number + 1n}, step ${index}`).to.equal(
            Hex.fromBytes(Machine.hash(machine)),
          );
          families.add(witness[0] ?? -1);
          steps++;
        }
        tip = machine.done;
      }
    }
    console.log(
      `        ${steps} steps, families ${[...families].sort((a, b) => a - b).join(" ")}`,
    );
    expect(families.size).to.be.at.least(10);
  });
});
