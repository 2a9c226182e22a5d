// What the sequencer asks of a transaction for its bytes on L1.
import { expect } from "chai";
import { parseGwei, toHex, type Hex, type TransactionSerializableEIP1559 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as Context from "../../src/machine/context.ts";
import * as Hexes from "../../src/primitives/hex.ts";
import * as Candidate from "../../src/sequencer/candidate.ts";
import * as Keys from "../../scripts/devnet/keys.ts";

const CHAIN_ID = 42_069;
const L1_BASE_FEE = parseGwei("3");
const alice = privateKeyToAccount(Keys.ALICE);
const TO = alice.address;
const TRANSFER_GAS = 21_000n;
const CONTEXT = Context.create("Osaka", BigInt(CHAIN_ID), true);

/** A candidate that offers this tip and no more gas than it must. */
async function candidate(
  tip: bigint,
  fields: Partial<TransactionSerializableEIP1559>,
): Promise<Candidate.Candidate> {
  const signed = await alice.signTransaction({
    ...{ type: "eip1559", chainId: CHAIN_ID, to: TO, gas: TRANSFER_GAS, ...fields },
    ...{ maxFeePerGas: tip * 2n, maxPriorityFeePerGas: tip },
  });
  return Candidate.decode(Hexes.toBytes(signed), CONTEXT);
}

describe("candidate", () => {
  describe("suggestedTip", () => {
    const cases: [string, Partial<TransactionSerializableEIP1559>][] = [
      ["a transfer", { value: 1n, nonce: 1_000_000 }],
      ["data of zeroes", { data: bytes(0, 60_000), gas: 21_000n + 600_000n }],
      ["data without a zero", { data: bytes(0xff, 60_000), gas: 21_000n + 2_400_000n }],
      // A challenge in a channel: most of its words are small.
      ["an ABI's words", { data: words(30), gas: 21_000n + 30n * (31n * 10n + 40n) }],
      ["a creation", { to: null, data: bytes(0xff, 40_000), gas: 21_000n + 1_600_000n + 32_000n }],
    ];
    for (const [what, fields] of cases) {
      it(`covers ${what} with the least gas, also in the next L1 block`, async () => {
        const offered = await candidate(Candidate.suggestedTip(L1_BASE_FEE), fields);
        Candidate.requireTip(offered, (L1_BASE_FEE * 9n) / 8n);
      });
    }
  });

  describe("requireTip", () => {
    it("asks what the bytes cost, a zero a quarter of another, of the gas that is surely paid", async () => {
      const gas = 10_000_000n;
      const plain = await candidate(1n, { data: bytes(0, 40_000), gas });
      const zeroes = BigInt(plain.waiting.encoded.filter((byte) => byte === 0).length);
      const posting = 10n * zeroes + 40n * (BigInt(plain.bytes) - zeroes);
      const leastGas = 21_000n + 10n * 40_000n;
      const needed = (posting * L1_BASE_FEE + leastGas - 1n) / leastGas;

      const enough = { ...plain, maxPriorityFeePerGas: needed };
      expect(Candidate.requireTip(enough, L1_BASE_FEE)).to.equal(needed);
      const offered = needed - 1n;
      expect(() => Candidate.requireTip({ ...plain, maxPriorityFeePerGas: offered }, L1_BASE_FEE))
        .to.throw(Candidate.UnderpricedError)
        .that.includes({ needed, offered });
    });

    it("does not count what refunds may give back", async () => {
      const accessList = Array.from({ length: 10 }, (_, i) => ({
        address: TO,
        storageKeys: [toHex(i, { size: 32 })],
      }));
      const advance = 21_000n + 10n * (2_400n + 1_900n);
      const { leastGas } = await candidate(1n, { accessList, gas: advance });
      expect(leastGas).to.equal(advance - advance / 5n);
    });
  });
});

function bytes(value: number, count: number): Hex {
  return toHex(new Uint8Array(count).fill(value));
}

function words(count: number): Hex {
  return toHex(Uint8Array.from({ length: 32 * count }, (_, i) => (i % 32 === 31 ? 1 : 0)));
}
