// Whole blocks, their steps in the families BLOCK and ENTRY proven on an L1 with all limits on.
import { expect } from "chai";
import * as BatchFields from "../../src/machine/batchFields.ts";
import * as Phase from "../../src/machine/phase.ts";
import * as Witness from "../../src/merkle/witness.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { LARGEST } from "../harness/signedTransactions.ts";
import * as Proven from "../harness/provenBlocks.ts";

const TO_BOB = Hex.fromBytes(Bytes.fromBigInt(L2Chain.addressOf(L2Chain.BOB), 20));
// Logs one topic, then destroys itself in favour of its caller.
const INIT_CODE = "0x60015f5fa133ff";
/** Parts of the gas of a step, with which it is tried. */
const GAS_POINTS = 40;

function chainOfManyThings(fork: L2Chain.L2Chain["context"]["fork"] = "Osaka"): L2Chain.L2Chain {
  const chain = L2Chain.create([], fork);
  L1Chain.deposit(chain.l1, { mint: 5n, value: 2n, data: Hex.toBytes("0x00ff00") });
  L1Chain.deposit(chain.l1, { isCreation: true, data: Hex.toBytes(INIT_CODE) });
  const first = [
    L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_BOB, value: 1n }),
    L2Chain.transaction(L2Chain.ALICE, 9, { to: TO_BOB }),
    Bytes.EMPTY,
    L2Chain.transaction(L2Chain.ALICE, 1, { to: null, data: INIT_CODE }),
    new Uint8Array(70_000),
    L2Chain.legacy(L2Chain.BOB, 0, { to: TO_BOB }),
  ];
  const body = Body.encode([
    { timestamp: 5n, transactions: first },
    { timestamp: 2n ** 64n - 1n, transactions: [] },
  ]);
  L1Chain.post(chain.l1, { blocks: 3n, body, depositsTo: 1n });
  L1Chain.mine(chain.l1);
  L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.EMPTY, depositsTo: 2n });
  return chain;
}

describe("blocks proven step by step", () => {
  const deployed = Proven.deployProvers();

  for (const fork of ["Cancun", "Prague", "Osaka"] as const) {
    it(`reach the state that TypeScript reaches, under ${fork}`, async function () {
      this.timeout(180_000);
      const provers = await deployed;
      const chain = chainOfManyThings(fork);
      const steps = await Proven.expectProven(provers, chain);
      const phases = new Set(steps.map(({ phase }) => phase));
      expect([...phases].sort((a, b) => a - b)).to.deep.equal([
        Phase.SYSTEM,
        Phase.ENTRY,
        Phase.FINISH,
        Phase.DESTROY,
        Phase.RECEIPT,
        Phase.END,
        Phase.DONE,
      ]);
    });
  }

  it("do nothing more once they, or the claim, are done", async () => {
    const provers = await deployed;
    const chain = chainOfManyThings();
    await Proven.record(provers, chain);
    const { steps } = Proven.provenSteps(chain, chain.genesis);
    const [begin] = steps;
    if (begin === undefined) throw new TypeError("a block has steps");
    // Family and the seven fields of BlockDone.
    const witness = begin.witness.slice(0, 1 + 8 + 32 * 3 + 8 * 3);
    const state = Hex.fromBytes(begin.before);
    expect(await Proven.judge(provers, chain, { ...begin, index: 1, witness })).to.equal(state);
    expect(await Proven.judge(provers, chain, { ...begin, witness }, 0n)).to.equal(state);
    await expect(Proven.judge(provers, chain, begin, 0n))
      .to.be.revertedWithCustomError(provers.block, "TrailingWitness")
      .withArgs(begin.witness.length - witness.length);
  });

  it("take a deposit only from the batch that consumed it", async () => {
    const provers = await deployed;
    const chain = chainOfManyThings();
    await Proven.record(provers, chain);
    const entry = Proven.firstEntry(chain);
    const [first, second] = chain.l1.log.filter((event) => event.type === "batch");
    if (first === undefined || second === undefined) throw new TypeError("there are two batches");
    const writer = Witness.create();
    BatchFields.open(first.batch, writer);
    const fields = Witness.toBytes(writer);
    const start = Buffer.from(entry.witness).indexOf(fields) - 8;

    const other = Witness.create();
    Witness.writeUint64(other, second.index);
    BatchFields.open(second.batch, other);
    const witness = Bytes.concat(
      entry.witness.slice(0, start),
      Witness.toBytes(other),
      entry.witness.slice(start + 8 + fields.length),
    );
    await expect(Proven.judge(provers, chain, { ...entry, witness }))
      .to.be.revertedWithCustomError(provers.entry, "DepositNotInBatch")
      .withArgs(0n, 1n, 2n);
  });

  it("are never proven otherwise for want of gas", async function () {
    this.timeout(120_000);
    const provers = await deployed;
    const chain = chainOfManyThings();
    const steps = await Proven.expectProven(provers, chain);
    const kinds = new Map(steps.map((step) => [`${step.phase} ${step.witness.length}`, step]));
    for (const [kind, step] of kinds) {
      const enough = Number(await Proven.gasOf(provers, chain, step));
      const gas = Array.from({ length: GAS_POINTS }, (_, i) =>
        Math.ceil((enough * (i + 1)) / GAS_POINTS),
      );
      const proven = await Proven.isProvenWith(provers, chain, step, gas);
      expect([proven[0], proven.at(-1)], kind).to.deep.equal([false, true]);
    }
  });

  it("refuse any other witness, or give the same successor", async function () {
    this.timeout(120_000);
    const provers = await deployed;
    const chain = chainOfManyThings();
    const steps = await Proven.expectProven(provers, chain);
    const seen = new Set<string>();
    for (const step of steps) {
      const key = `${step.phase} ${step.witness.length}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const { witness } = step;
      const changed = [witness.slice(0, -1), Bytes.concat(witness, new Uint8Array(1))];
      // Some bytes of each witness, all over it.
      const stride = Math.max(1, Math.floor(witness.length / 25));
      for (let at = 0; at < witness.length; at += stride)
        changed.push(witness.with(at, (witness[at] ?? 0) ^ (1 << (at % 8))));
      for (const other of changed) {
        const judged = await Proven.judge(provers, chain, { ...step, witness: other }).catch(
          () => "reverted",
        );
        expect(judged, `${Proven.nameOf(step.phase)} ${step.index}`).to.be.oneOf([
          "reverted",
          Hex.fromBytes(step.after),
        ]);
      }
    }
  });

  it("cost what an L1 transaction can pay", async function () {
    this.timeout(180_000);
    const provers = await deployed;
    const chain = chainOfManyThings();
    const steps = await Proven.expectProven(provers, chain);
    const worst = new Map<string, { gas: bigint; bytes: number }>();
    for (const step of steps) {
      const gas = await Proven.gasOf(provers, chain, step);
      const known = worst.get(Proven.nameOf(step.phase));
      if (known === undefined || gas > known.gas)
        worst.set(Proven.nameOf(step.phase), { gas, bytes: step.witness.length });
    }
    for (const [name, { gas, bytes }] of worst) {
      console.log(`        ${name.padEnd(8)} ${String(gas).padStart(8)} gas ${bytes} bytes`);
      expect(gas, name).to.be.below(1_000_000n);
    }
  });

  it("can be proven within 14,000,000 gas and 120,000 bytes when entries are at their largest", async function () {
    this.timeout(180_000);
    const provers = await deployed;
    const judgedAs = async (name: string, chain: L2Chain.L2Chain): Promise<void> => {
      await Proven.record(provers, chain);
      const step = Proven.firstEntry(chain);
      expect(await Proven.judge(provers, chain, step), name).to.equal(Hex.fromBytes(step.after));
      const gas = await Proven.gasOf(provers, chain, step);
      console.log(`        ${name}: ${gas} gas, ${step.witness.length} bytes`);
      expect(gas, name).to.be.below(14_000_000n);
      expect(step.witness.length, name).to.be.below(120_000);
    };

    for (const [name, make] of Object.entries(LARGEST)) {
      const chain = L2Chain.create();
      const transactions = [make()];
      L1Chain.post(chain.l1, { blocks: 1n, body: Body.encode([{ timestamp: 0n, transactions }]) });
      await judgedAs(name, chain);
    }
    const chain = L2Chain.create();
    L1Chain.deposit(chain.l1, { data: new Uint8Array(65_536).fill(0xab), gasLimit: 2n ** 24n });
    for (let i = 0; i < 4_095; i++) L1Chain.deposit(chain.l1, {});
    L1Chain.post(chain.l1, { blocks: 1n, body: Bytes.EMPTY });
    await judgedAs("a deposit of 65,536 bytes among 4,096", chain);
  });
});
