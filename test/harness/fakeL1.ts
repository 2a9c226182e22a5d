// An L1 that holds nothing but one account's transactions, with a mempool and blocks of a size, and can do to them what real
// ones do now and then. It mines whenever it has been asked so many times for a nonce, so that no test depends on time.
import {
  createPublicClient,
  createWalletClient,
  custom,
  keccak256,
  numberToHex,
  parseTransaction,
  RpcRequestError,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";

export type Transaction = {
  readonly hash: Hex;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
  readonly value: bigint;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
};

/** What a call does when it is included: the gas it takes, and whether it reverts. */
export type Effect = { readonly gasUsed: bigint; readonly reverts: boolean };

export type Options = {
  /** Looks at the nonce for each block. */
  readonly looksPerBlock: number;
  readonly gasLimit: bigint;
  readonly execute: (transaction: Transaction) => Effect;
  readonly estimate: (data: Hex) => bigint;
};

type Mined = { readonly transaction: Transaction; readonly effect: Effect };

const KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const TIP = 10n ** 9n;

/** Blocks of 30M gas, one for every three looks; a call takes 21,000. */
export const PLAIN: Options = {
  looksPerBlock: 3,
  gasLimit: 30_000_000n,
  execute: ({ data }) => ({ gasUsed: 21_000n, reverts: data === "0xdead" }),
  estimate: () => 21_000n,
};

export type FakeL1 = ReturnType<typeof create>;

/** An L1 with nothing on it yet. */
export function create(options: Options) {
  const pool = new Map<number, Transaction>();
  const blocks: Mined[][] = [];
  const state = {
    baseFee: TIP,
    balance: 10n ** 24n,
    /** The most transactions and the most gas that the mempool has held. */
    most: { transactions: 0, gas: 0n },
    looks: 0,
    /** So many nonces fewer are counted at every other look: by a node that is late. */
    lateBy: 0,
    /** For so many times that it is asked for a receipt, it has none yet. */
    receiptsMissing: 0,
    /** What the mempool says against a transaction beside its own reasons, if anything. */
    objectionCode: -32_000,
    objects: undefined as ((offered: Transaction) => string | undefined) | undefined,
    /** Whether it makes no blocks for now. */
    isStalled: false,
    beforeBlock: undefined as (() => void) | undefined,
  };

  const mined = () => blocks.flat();
  const used = () => mined().length;
  const waiting = () => [...pool.values()].sort((a, b) => a.nonce - b.nonce);
  const spent = () =>
    mined().reduce((sum, { transaction, effect }) => {
      const value = effect.reverts ? 0n : transaction.value;
      return sum + value + effect.gasUsed * TIP;
    }, 0n);

  function mine(): void {
    if (state.isStalled) return;
    state.beforeBlock?.();
    const block: Mined[] = [];
    let room = options.gasLimit;
    blocks.push(block);
    for (let next = pool.get(used()); next !== undefined; next = pool.get(used())) {
      if (next.gas > room || next.maxFeePerGas < state.baseFee) break;
      const effect = options.execute(next);
      room -= effect.gasUsed;
      pool.delete(next.nonce);
      block.push({ transaction: next, effect });
    }
    for (const nonce of pool.keys()) if (nonce < used()) pool.delete(nonce);
  }

  function accept(serialized: Hex): Hex {
    const parsed = parseTransaction(serialized);
    const { nonce = 0, to, data = "0x", value = 0n, gas = 0n, maxFeePerGas = 0n } = parsed;
    const hash = keccak256(serialized);
    const offered = { hash, nonce, to: to ?? "0x", data, value, gas, maxFeePerGas };
    if (nonce < used()) throw refusal("nonce too low");
    const objection = state.objects?.(offered);
    if (objection !== undefined) throw refusal(objection, state.objectionCode);
    const before = pool.get(nonce);
    if (before?.hash === hash) throw refusal("already known");
    if (before !== undefined && maxFeePerGas * 10n < before.maxFeePerGas * 11n)
      throw refusal("replacement transaction underpriced");
    const others = waiting().filter((other) => other.nonce !== nonce);
    const cost = others.reduce(
      (sum, other) => sum + other.gas * other.maxFeePerGas + other.value,
      gas * maxFeePerGas + value,
    );
    if (cost > state.balance - spent()) throw refusal("insufficient funds for gas * price + value");
    pool.set(nonce, offered);
    const held = waiting();
    state.most = {
      transactions: Math.max(state.most.transactions, held.length),
      gas:
        held.reduce((sum, one) => sum + one.gas, 0n) > state.most.gas
          ? held.reduce((sum, one) => sum + one.gas, 0n)
          : state.most.gas,
    };
    return hash;
  }

  function receiptOf(hash: unknown) {
    const found = mined().find(({ transaction }) => transaction.hash === hash);
    if (found === undefined) return null;
    if (state.receiptsMissing-- > 0) return null;
    const { transaction, effect } = found;
    return {
      transactionHash: transaction.hash,
      status: effect.reverts ? "0x0" : "0x1",
      gasUsed: numberToHex(effect.gasUsed),
      logs: [],
    };
  }

  async function request({ method, params }: { method: string; params?: unknown }) {
    const [first, second] = (params ?? []) as readonly unknown[];
    switch (method) {
      case "eth_getTransactionCount": {
        if (second === "pending") {
          let next = used();
          while (pool.has(next)) next++;
          return numberToHex(next);
        }
        if (++state.looks % options.looksPerBlock === 0) mine();
        const late = state.looks % 2 === 0 ? state.lateBy : 0;
        return numberToHex(Math.max(used() - late, 0));
      }
      case "eth_estimateGas": {
        const { data, value } = first as { data: Hex; value?: Hex };
        if (BigInt(value ?? 0) > state.balance - spent())
          throw refusal("insufficient funds for transfer");
        return numberToHex(options.estimate(data));
      }
      case "eth_sendRawTransaction":
        return accept(first as Hex);
      case "eth_getTransactionReceipt":
        return receiptOf(first);
      case "eth_getBalance":
        return numberToHex(state.balance - spent());
      case "eth_maxPriorityFeePerGas":
        return numberToHex(TIP);
      case "eth_getBlockByNumber":
        return {
          number: numberToHex(blocks.length),
          baseFeePerGas: numberToHex(state.baseFee),
          gasLimit: numberToHex(options.gasLimit),
          transactions: [],
        };
      default:
        throw new RangeError(`nobody asks an L1 for ${method} here`);
    }
  }

  /** Takes the last blocks back; the mempool has their transactions again, or has forgotten them. */
  function reorganize(depth: number, forgets: boolean): void {
    const gone = blocks.splice(blocks.length - depth).flat();
    if (forgets) return;
    for (const { transaction } of gone) pool.set(transaction.nonce, transaction);
  }

  const transport = custom({ request }, { retryCount: 0 });
  const account = privateKeyToAccount(KEY);
  const client = createPublicClient({ chain: hardhat, transport, cacheTime: 0 });
  const wallet = createWalletClient({ chain: hardhat, transport, account });
  return { client, wallet, state, pool, blocks, mined, waiting, mine, accept, reorganize };
}

function refusal(message: string, code = -32_000): RpcRequestError {
  return new RpcRequestError({ body: {}, error: { code, message }, url: "l1" });
}
