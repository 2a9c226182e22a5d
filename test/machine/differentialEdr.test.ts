// Seeded random transactions over random contracts, run here and by the EVM inside Hardhat.
import { expect } from "chai";
import { network } from "hardhat";
import * as Account from "../../src/machine/account.ts";
import * as Code from "../../src/machine/code.ts";
import * as Context from "../../src/machine/context.ts";
import * as HashedKeys from "../../src/machine/hashedKeys.ts";
import type * as World from "../../src/machine/world.ts";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import {
  BASE_FEE,
  COINBASE,
  type Nonces,
  randomGenesis,
  randomTransaction,
} from "./randomTransactions.ts";
import * as SeededRandom from "./seededRandom.ts";
import * as TransactionRun from "./transactionRun.ts";

const SEED = 0xed12;
const WORLDS = 30;
const TRANSACTIONS = 6;
const CHAIN_ID = 31_337n;
const SLOTS = [0n, 1n, 2n];

type Receipt = {
  readonly status: string;
  readonly gasUsed: string;
  readonly logs: readonly {
    readonly address: string;
    readonly topics: readonly string[];
    readonly data: string;
  }[];
};

describe(`random transactions in Hardhat (seed ${SEED})`, function () {
  this.timeout(300_000);

  it("do the same", async () => {
    const { provider } = await network.create("l1");
    const context = Context.create("Osaka", CHAIN_ID, true);
    const rules = { chainId: CHAIN_ID, hasSetCode: true };
    let ran = 0;
    let time = 2_000_000_000n;

    const request = async <T>(method: string, ...params: readonly unknown[]): Promise<T> => {
      const answer: unknown = await provider.request({ method, params: [...params] });
      return answer as T;
    };

    // A transaction that reverts would be an error of the request that mines it.
    await request("evm_setAutomine", false);
    await request("hardhat_setCoinbase", address(COINBASE));
    for (let index = 0; index < WORLDS; index++) {
      const random = SeededRandom.fromSeed(SEED + index);
      const genesis = randomGenesis(random);
      const snapshot = await request<string>("evm_snapshot");
      for (const { address: at, nonce, balance, code } of genesis) {
        await request("hardhat_setBalance", address(at), Hex.fromBigInt(balance));
        if (nonce > 0n) await request("hardhat_setNonce", address(at), Hex.fromBigInt(nonce));
        if (code.length > 0) await request("hardhat_setCode", address(at), Hex.fromBytes(code));
      }
      let state = TransactionRun.stateOf(genesis);
      const nonces: Nonces = new Map();
      for (let turn = 0; turn < TRANSACTIONS; turn++) {
        time += 12n;
        const mixHash = Bytes.fromBigInt(time ** 3n, 32);
        await request("evm_setNextBlockTimestamp", Hex.fromBigInt(time));
        await request("hardhat_setPrevRandao", Hex.fromBytes(mixHash));
        await request("hardhat_setNextBlockBaseFeePerGas", Hex.fromBigInt(BASE_FEE));
        const latest = await request<{ number: string; gasLimit: string }>(
          "eth_getBlockByNumber",
          "latest",
          false,
        );
        const block = TransactionRun.blockOf({
          number: BigInt(latest.number) + 1n,
          timestamp: time,
          gasLimit: BigInt(latest.gasLimit),
          baseFeePerGas: BASE_FEE,
          coinbase: Bytes.fromBigInt(COINBASE, 20),
          mixHash,
        });

        const encoded = randomTransaction(random, nonces, rules);
        const [found, after] = TransactionRun.run(context, block, state, encoded);
        if (found.isRefused) break;
        ran++;
        const receipt = await send(request, encoded);
        expect(
          {
            isSuccess: receipt.status === "0x1",
            gasUsed: BigInt(receipt.gasUsed),
            logs: receipt.logs.map((log) => [log.address, ...log.topics, log.data].join(" ")),
          },
          `world ${index}, transaction ${turn}`,
        ).to.deep.equal({
          isSuccess: found.isSuccess,
          gasUsed: found.gasUsed,
          logs: found.logs,
        });
        for (const { address: at } of genesis)
          expect(await describeThere(request, at)).to.deep.equal(describeHere(after, at));
        state = after;
      }
      await request("evm_revert", snapshot);
    }
    expect(ran).to.be.greaterThan((WORLDS * TRANSACTIONS) / 2);
  });
});

type Request = <T>(method: string, ...params: readonly unknown[]) => Promise<T>;

type Description = {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: string;
  readonly slots: readonly bigint[];
};

async function send(request: Request, encoded: Uint8Array): Promise<Receipt> {
  const hash = await request<string>("eth_sendRawTransaction", Hex.fromBytes(encoded));
  await request("evm_mine");
  return request<Receipt>("eth_getTransactionReceipt", hash);
}

async function describeThere(request: Request, at: bigint): Promise<Description> {
  const slots = SLOTS.map((slot) =>
    request<string>("eth_getStorageAt", address(at), Hex.fromBigInt(slot), "latest"),
  );
  return {
    nonce: BigInt(await request<string>("eth_getTransactionCount", address(at), "latest")),
    balance: BigInt(await request<string>("eth_getBalance", address(at), "latest")),
    code: await request<string>("eth_getCode", address(at), "latest"),
    slots: (await Promise.all(slots)).map(BigInt),
  };
}

function describeHere(state: World.State, at: bigint): Description {
  const account = PatriciaTrie.get(state, HashedKeys.ofAddress(at)) ?? Account.EMPTY;
  return {
    nonce: account.nonce,
    balance: account.balance,
    code: Hex.fromBytes(Code.bytes(account.code)),
    slots: SLOTS.map((slot) => PatriciaTrie.get(account.storage, HashedKeys.ofSlot(slot)) ?? 0n),
  };
}

function address(value: bigint): string {
  return Hex.fromBytes(Bytes.fromBigInt(value, 20));
}
