// What the JSON-RPC of a real sequencer answers to requests that no client sends, and to transactions that no wallet should.
import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import {
  BaseError,
  concat,
  InsufficientFundsError,
  IntrinsicGasTooLowError,
  keccak256,
  NonceTooHighError,
  NonceTooLowError,
  parseEther,
  parseTransaction,
  serializeTransaction,
  TipAboveFeeCapError,
  toHex,
  toRlp,
  TransactionTypeNotSupportedError,
  UnknownNodeError,
  type Hex,
  type TransactionSerializableEIP1559,
} from "viem";
import { privateKeyToAccount, sign } from "viem/accounts";
import { publicActionsL2, walletActionsL1 } from "viem/op-stack";
import { getNodeError } from "viem/utils";
import * as Methods from "../../../src/node/rpc/methods/methods.ts";
import * as Node from "../../../src/node/node.ts";
import { MAX_TRANSACTION_BYTES } from "../../../src/protocol/limits.ts";
import { fromSeed } from "../../machine/seededRandom.ts";
import * as Rollup from "../../harness/rollupProcess.ts";

const SEED = 20_261_129;
const ROUNDS = 600;
const NOWHERE = "0x000000000000000000000000000000000000dEaD";
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const REFUSED = -32000;

const WORD = `"0x${"f".repeat(64)}"`;
const PASSER = '"0x4200000000000000000000000000000000000016"';
/** Values that some parameter may be, or that resemble one. */
const JUNK = [
  ...["null", "true", "0", "-1", "1.5", "1e400", "101", '""', "[]", "{}", "[null]", "[[]]", "[{}]"],
  ...['"0x"', '"0x0"', '"0x1"', '"latest"', '"pending"', '"finalized"', '"earliest"', WORD, PASSER],
  ...['"0xffffffffffffffff"', '"0x20000000000001"', '"\\ud800"', `"${"a".repeat(1_000)}"`],
  ...[`"0x${"00".repeat(32)}"`, "[-1]", "[50,20]", "[1e400]", '{"__proto__":{"a":1},"toString":1}'],
  ...['{"blockNumber":"0xffffffffffffffffffff"}', `{"from":${PASSER},"value":${WORD}}`],
  `{"fromBlock":"0x0","toBlock":${WORD},"address":${PASSER}}`,
  `{"fromBlock":"0x0","toBlock":${WORD}}`,
  `{${PASSER}:{"balance":${WORD},"nonce":${WORD},"code":"0xef0100${"00".repeat(20)}"}}`,
  `{${PASSER}:{"balance":${WORD},"nonce":"0xffffffffffffffff","stateDiff":{"0x0":${WORD}}}}`,
  `{"blockStateCalls":[{"blockOverrides":{"number":"0x50","time":"0xffffffffffffff"},"calls":[{"to":${PASSER}},{"data":"0x00"}]},{}]}`,
  `{"blockStateCalls":[{"stateOverrides":{${PASSER}:{"balance":${WORD},"code":"0x475f5260205ff3"}},"calls":[{"from":${PASSER},"to":${PASSER},"value":${WORD}},{"from":${PASSER},"to":${PASSER}}]}],"traceTransfers":true,"returnFullTransactions":true}`,
  '{"number":"0xffffffffffffffff","time":"0xffffffffffffffff","gasLimit":"0x0","baseFeePerGas":"0x1"}',
  `{"data":"0x00","from":${PASSER},"gasPrice":${WORD}}`,
  `{"to":${PASSER},"gas":"0xffffffffffffffffffffffff","nonce":${WORD}}`,
  `{"to":${PASSER},"accessList":[{"address":${PASSER},"storageKeys":["0x00"]}]}`,
  `{"data":"0x${"5b".repeat(50_000)}"}`,
  "[".repeat(100_000) + "]".repeat(100_000),
];

describe("hostile JSON-RPC", function () {
  this.timeout(120_000);
  let l1: Rollup.RunningL1;
  let l2: Awaited<ReturnType<typeof Rollup.startSequencer>>;
  const said: string[] = [];
  const alice = privateKeyToAccount(Rollup.KEYS.alice);

  before(async () => {
    l1 = await Rollup.startL1(Rollup.OPTIONS);
    l2 = await Rollup.startSequencer(l1, Rollup.OPTIONS, said);
    const depositor = l1.walletOf(Rollup.KEYS.alice).extend(walletActionsL1());
    const request = await l2.client
      .extend(publicActionsL2())
      .buildDepositTransaction({ mint: parseEther("4"), to: alice.address });
    await depositor.depositTransaction(request);
    while ((await l2.client.getBalance({ address: alice.address })) === 0n)
      await new Promise((resolve) => setTimeout(resolve, 20));
  });
  after(async () => {
    await l2.stop();
    await l1.connection.close();
  });

  type Answer = { readonly error?: { readonly code: number; readonly message: string } };
  async function ask(method: string, params: string): Promise<Answer> {
    const body = `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`;
    const response = await fetch(l2.rpcUrl, { method: "POST", body });
    expect(response.status).to.equal(200);
    return (await response.json()) as Answer;
  }

  it(`is never answered by an internal error (seed ${SEED})`, async () => {
    const methods = Object.keys(Methods.create(Node.backend(l2.running.node, UNUSED)));
    const random = fromSeed(SEED);
    const lists = [
      ...methods.flatMap((method) => JUNK.map((one) => [method, `[${one}]`] as const)),
      ...Array.from({ length: ROUNDS }, () => {
        const some = Array.from({ length: 2 + random.below(2) }, () => random.pick(JUNK));
        return [random.pick(methods), `[${some.join()}]`] as const;
      }),
    ];
    for (const [method, params] of lists) {
      const { error } = await ask(method, params);
      expect(error?.code, `${method} ${params.slice(0, 200)}: ${said.at(-1)}`).not.to.equal(-32603);
    }
  });

  type Fields = Partial<TransactionSerializableEIP1559>;
  const fields = (changes: Fields) => ({
    ...({ type: "eip1559", chainId: l2.chain.id, to: NOWHERE, gas: 21_000n, nonce: 1 } as const),
    ...{ maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 10n, value: 1n },
    ...changes,
  });
  const signed = (changes: Fields) => alice.signTransaction(fields(changes));
  async function resigned(change: (r: Hex, s: Hex) => { r: Hex; s: Hex; yParity: number }) {
    const { r = "0x0", s = "0x0" } = parseTransaction(await signed({}));
    return serializeTransaction(fields({}), change(r, s));
  }
  // viem would not sign it.
  async function signedByHand(values: readonly unknown[]): Promise<Hex> {
    const body = [toHex(l2.chain.id), ...values];
    const encode = (list: unknown[]): Hex => concat(["0x02", toRlp(list as Hex[])]);
    const hash = keccak256(encode(body));
    const { r, s, yParity = 0 } = await sign({ hash, privateKey: Rollup.KEYS.alice });
    return encode([...body, yParity === 0 ? "0x" : "0x01", r, s]);
  }
  const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;

  /** What a wallet may be refused for: the text, and the class that viem makes of it. */
  const cases: [string, () => Promise<Hex>, RegExp, new (...args: never[]) => BaseError][] = [
    ["a nonce that is spent", () => signed({ nonce: 0 }), /^nonce too low/, NonceTooLowError],
    ["a nonce far ahead", () => signed({ nonce: 1_000_000 }), /^nonce too high/, NonceTooHighError],
    [
      "more value than there is",
      () => signed({ value: parseEther("5") }),
      /^insufficient funds for gas \* price \+ value/,
      InsufficientFundsError,
    ],
    [
      "too little gas",
      () => signed({ gas: 20_999n }),
      /^intrinsic gas too low: gas 20999, minimum needed 21000$/,
      IntrinsicGasTooLowError,
    ],
    [
      "a tip above the fee cap",
      () => signedByHand(["0x01", "0x02540be400", "0x01", "0x5208", NOWHERE, "0x", "0x", []]),
      /^max priority fee per gas higher than max fee per gas/,
      TipAboveFeeCapError,
    ],
    [
      "blobs",
      async () => `0x03${(await signed({})).slice(4)}`,
      /transaction type not supported$|^invalid transaction encoding$/,
      BaseError,
    ],
    [
      "a type that only L1 sends",
      async () => `0x7e${(await signed({})).slice(4)}`,
      /transaction type not supported$/,
      TransactionTypeNotSupportedError,
    ],
    [
      "more gas than one transaction may have",
      () => signed({ gas: 16_777_217n }),
      /^transaction gas limit too high \(cap: 16777216, tx: 16777217\)$/,
      UnknownNodeError,
    ],
    [
      "another chain's id",
      () => signed({ chainId: 1 }),
      /^invalid chain id for signer$/,
      UnknownNodeError,
    ],
    [
      "a signature with a high s",
      () => resigned((r, s) => ({ r, s: word(CURVE_ORDER - BigInt(s)), yParity: 1 })),
      /^invalid sender$/,
      UnknownNodeError,
    ],
    [
      "a signature by nobody",
      () => resigned((_r, s) => ({ r: word(CURVE_ORDER), s, yParity: 0 })),
      /^invalid sender$/,
      UnknownNodeError,
    ],
    [
      "too many bytes",
      () => signed({ gas: 10_000_000n, data: `0x${"00".repeat(MAX_TRANSACTION_BYTES)}` }),
      /^oversized data: transaction size \d+, limit 65536$/,
      UnknownNodeError,
    ],
    [
      "init code that is too long",
      () => alice.signTransaction(creation(49_153)),
      /^max initcode size exceeded: code size 49153 limit 49152$/,
      UnknownNodeError,
    ],
    [
      "a tip that does not pay for its bytes on L1",
      () => signed({ maxPriorityFeePerGas: 0n }),
      /^transaction underpriced/,
      UnknownNodeError,
    ],
    [
      "bytes behind the end",
      async () => `${await signed({})}00`,
      /^invalid transaction encoding$/,
      UnknownNodeError,
    ],
    ["nothing", async () => "0x", /^invalid transaction encoding$/, UnknownNodeError],
  ];
  const creation = (size: number) =>
    fields({ to: null, gas: 16_000_000n, data: `0x${"00".repeat(size)}` });

  for (const [what, make, text, Class] of cases) {
    it(`refuses ${what} as other clients do`, async () => {
      const raw = await make();
      const { error } = await ask("eth_sendRawTransaction", `["${raw}"]`);
      expect(error?.code).to.equal(REFUSED);
      expect(error?.message).to.match(text);
      const refused = await l2.client
        .sendRawTransaction({ serializedTransaction: raw })
        .catch((reason: unknown) => reason);
      expect(refused).to.be.instanceOf(BaseError);
      expect(getNodeError(refused as BaseError, {})).to.be.instanceOf(Class);
    });
  }

  it("is told in ethers' own codes", async () => {
    const provider = new JsonRpcProvider(l2.rpcUrl, undefined, { cacheTimeout: -1 });
    const codeOf = async (changes: Fields) => {
      const raw = await signed(changes);
      return provider.broadcastTransaction(raw).then(
        () => "taken",
        (error: unknown) => (error as { code: string }).code,
      );
    };
    expect(await codeOf({ nonce: 0 })).to.equal("NONCE_EXPIRED");
    expect(await codeOf({ value: parseEther("5") })).to.equal("INSUFFICIENT_FUNDS");
    expect(await codeOf({ nonce: 7 })).to.equal("taken");
    expect(await codeOf({ nonce: 7, value: 2n })).to.equal("REPLACEMENT_UNDERPRICED");
    provider.destroy();
  });

  it("has cost nobody anything: the next good transaction runs", async () => {
    const hash = await l2.client.sendRawTransaction({ serializedTransaction: await signed({}) });
    const { status } = await l2.client.waitForTransactionReceipt({ hash });
    expect(status).to.equal("success");
    expect(await l2.client.getBalance({ address: NOWHERE })).to.equal(1n);
  });
});

const UNUSED: Node.Taker = {
  submit: () => Promise.reject(new TypeError("only the names of the methods are asked for")),
  waiting: () => undefined,
  allWaiting: () => [],
  pendingNonce: (_address, nonce) => nonce,
  suggestedTip: () => 1n,
};
