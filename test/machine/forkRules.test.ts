// The rules that Prague and Osaka brought, each in a transaction of its own, here and by @ethereumjs/vm.
import { expect } from "chai";
import {
  getAddress,
  hashAuthorization,
  SigningKey,
  Transaction,
  type TransactionLike,
} from "ethers";
import * as Context from "../../src/machine/context.ts";
import type { Fork } from "../../src/machine/fork.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { assemble, call } from "../parity/program.ts";
import * as EthereumjsChain from "./ethereumjsChain.ts";
import * as TransactionRun from "./transactionRun.ts";

const FORKS = ["Cancun", "Prague", "Osaka"] as const;
const CHAIN_ID = 1n;
const KEY = new SigningKey(`0x${"01".repeat(32)}`);
const OTHER = new SigningKey(`0x${"02".repeat(32)}`);
const SENDER = addressOf(KEY);
const AUTHORITY = addressOf(OTHER);
const PROGRAM = 0xc0n;
const LIBRARY = 0xc1n;
const EMPTY = 0xeeeen;
const SHA256 = 2n;
const MODEXP = 5n;
const P256_VERIFY = 0x100n;

const HEADER = {
  number: 7n,
  timestamp: 1_700_000_000n,
  gasLimit: 60_000_000n,
  baseFeePerGas: 7n,
  coinbase: Bytes.fromBigInt(0xc01bn, 20),
  mixHash: new Uint8Array(32),
};

type Case = {
  readonly program?: Uint8Array;
  readonly library?: Uint8Array;
  readonly transaction?: TransactionLike;
};

// Runs a case under a fork by both, and gives the outcome on which they agree.
async function agree(fork: Fork, example: Case): Promise<EthereumjsChain.Outcome> {
  const genesis = [
    { address: SENDER, nonce: 0n, balance: 10n ** 20n, code: Bytes.EMPTY },
    { address: AUTHORITY, nonce: 0n, balance: 10n ** 18n, code: Bytes.EMPTY },
    { address: PROGRAM, nonce: 1n, balance: 9n, code: example.program ?? Bytes.EMPTY },
    { address: LIBRARY, nonce: 1n, balance: 0n, code: example.library ?? Bytes.EMPTY },
  ];
  const transaction = Transaction.from({
    type: 2,
    chainId: CHAIN_ID,
    nonce: 0,
    gasLimit: 1_000_000,
    maxFeePerGas: 20,
    maxPriorityFeePerGas: 1,
    to: hex(PROGRAM),
    ...example.transaction,
  });
  transaction.signature = KEY.sign(transaction.unsignedHash);
  const encoded = Hex.toBytes(transaction.serialized);

  const context = Context.create(fork, CHAIN_ID, false);
  const block = TransactionRun.blockOf(HEADER);
  const [found] = TransactionRun.run(context, block, TransactionRun.stateOf(genesis), encoded);
  const oracle = await EthereumjsChain.create(fork, genesis);
  expect(found).to.deep.equal(await EthereumjsChain.run(oracle, encoded, HEADER));
  return found;
}

function addressOf(key: SigningKey): bigint {
  const like = { to: null, chainId: CHAIN_ID, type: 2 };
  const transaction = Transaction.from(like);
  transaction.signature = key.sign(transaction.unsignedHash);
  return BigInt(transaction.from ?? 0);
}

function hex(address: bigint): string {
  return getAddress(Hex.fromBytes(Bytes.fromBigInt(address, 20)));
}

function delegations(...targets: readonly bigint[]): TransactionLike {
  return {
    type: 4,
    to: hex(AUTHORITY),
    authorizationList: targets.map((target, nonce) => {
      const authorization = { address: hex(target), nonce: BigInt(nonce), chainId: CHAIN_ID };
      return { ...authorization, signature: OTHER.sign(hashAuthorization(authorization)) };
    }),
  };
}

// Stores the results of calls and of looking at an account.
function inspect(address: bigint): Uint8Array {
  const looks = [Opcode.EXTCODESIZE, Opcode.EXTCODEHASH, Opcode.BALANCE];
  const kinds = [Opcode.CALL, Opcode.CALLCODE, Opcode.DELEGATECALL, Opcode.STATICCALL];
  return assemble(
    ...looks.map((opcode, slot) => assemble(call(opcode, address), BigInt(slot), Opcode.SSTORE)),
    ...kinds.map((kind, index) => {
      const hasValue = kind === Opcode.CALL || kind === Opcode.CALLCODE;
      const operands = hasValue
        ? [50_000n, address, 1n, 0n, 0n, 0n, 32n]
        : [50_000n, address, 0n, 0n, 0n, 32n];
      return assemble(call(kind, ...operands), BigInt(10 + index), Opcode.SSTORE);
    }),
    call(Opcode.EXTCODECOPY, address, 0n, 0n, 32n),
    call(Opcode.RETURN, 0n, 64n),
  );
}

const counter = assemble(
  call(Opcode.SLOAD, 0n),
  1n,
  Opcode.ADD,
  0n,
  Opcode.SSTORE,
  call(Opcode.MSTORE, 0n, 0x1234n),
  call(Opcode.RETURN, 0n, 32n),
);

describe("the rules of forks", function () {
  this.timeout(120_000);

  describe("calldata has a floor price from Prague on (EIP-7623)", () => {
    for (const [zeroes, others] of [
      [0, 0],
      [1_000, 0],
      [0, 1_000],
      [3_000, 10],
      [1, 5_000],
    ] as const)
      it(`for ${zeroes} zero bytes and ${others} others`, async () => {
        const data = Hex.fromBytes(
          Bytes.concat(new Uint8Array(zeroes), new Uint8Array(others).fill(1)),
        );
        for (const fork of FORKS) {
          const { gasUsed } = await agree(fork, { transaction: { data } });
          const rate = fork === "Cancun" ? 4 * zeroes + 16 * others : 10 * zeroes + 40 * others;
          expect(gasUsed).to.equal(BigInt(21_000 + rate));
          const gasLimit = 21_000 + rate - 1;
          expect((await agree(fork, { transaction: { data, gasLimit } })).isRefused).to.equal(true);
        }
      });
  });

  it("a transaction takes at most 2^24 gas from Osaka on (EIP-7825)", async () => {
    for (const fork of FORKS) {
      const atCap = await agree(fork, { transaction: { gasLimit: 2 ** 24 } });
      expect(atCap.isRefused).to.equal(false);
      const above = await agree(fork, { transaction: { gasLimit: 2 ** 24 + 1 } });
      expect(above.isRefused).to.equal(fork === "Osaka");
    }
  });

  it("CLZ counts from Osaka on and halts before (EIP-7939)", async () => {
    for (const value of [0n, 1n, 2n ** 255n, 2n ** 256n - 1n, 0xffn << 100n])
      for (const fork of FORKS) {
        const program = assemble(
          call(Opcode.CLZ, value),
          0n,
          Opcode.MSTORE,
          call(Opcode.RETURN, 0n, 32n),
        );
        const { isSuccess, output } = await agree(fork, { program });
        expect(isSuccess).to.equal(fork === "Osaka");
        if (isSuccess) expect(BigInt(output)).to.equal(256n - bits(value));
      }
  });

  describe("modular exponentiation has a new price and a limit (EIP-7883, EIP-7823)", () => {
    for (const sizes of [
      [0, 0, 0],
      [1, 1, 1],
      [32, 32, 32],
      [33, 1, 40],
      [8, 64, 8],
      [1024, 1, 1024],
      [1025, 1, 1],
      [1, 1025, 1],
      [0, 1, 1025],
    ] as const)
      it(`for operands of ${sizes.join(", ")} bytes`, async () => {
        const program = assemble(
          ...sizes.map((size, index) => call(Opcode.MSTORE, BigInt(32 * index), BigInt(size))),
          call(Opcode.MSTORE, 96n, 2n ** 256n - 1n),
          call(Opcode.CALL, 900_000n, MODEXP, 0n, 0n, 4_000n, 0n, 32n),
          Opcode.GAS,
          0n,
          Opcode.SSTORE,
          0n,
          Opcode.SSTORE,
          call(Opcode.RETURN, 0n, 32n),
        );
        for (const fork of FORKS) await agree(fork, { program });
      });
  });

  it("P256VERIFY stands at 0x100 from Osaka on (EIP-7951)", async () => {
    const used = new Map<Fork, bigint>();
    for (const fork of FORKS)
      used.set(fork, (await agree(fork, { program: inspect(P256_VERIFY) })).gasUsed);
    expect(used.get("Prague")).to.equal(used.get("Cancun"));
    expect(used.get("Osaka")).to.not.equal(used.get("Prague"));
  });

  describe("an account can delegate to code (EIP-7702)", () => {
    const targets: readonly (readonly [string, bigint])[] = [
      ["a contract", LIBRARY],
      ["an account without code", EMPTY],
      ["a precompile", SHA256],
      ["itself", AUTHORITY],
      ["nothing", 0n],
    ];
    for (const fork of ["Prague", "Osaka"] as const)
      for (const [name, target] of targets) {
        it(`to ${name}, and be called at the top under ${fork}`, async () => {
          await agree(fork, { library: counter, transaction: delegations(target) });
        });
        it(`to ${name}, and be called and looked at by a contract under ${fork}`, async () => {
          const transaction = { ...delegations(target), to: hex(PROGRAM) };
          await agree(fork, { library: counter, program: inspect(AUTHORITY), transaction });
        });
      }

    it("and go on as a sender, change its mind and stop", async () => {
      for (const list of [
        [LIBRARY, PROGRAM],
        [LIBRARY, 0n],
        [LIBRARY, LIBRARY, LIBRARY],
      ])
        await agree("Prague", {
          library: counter,
          program: inspect(LIBRARY),
          transaction: delegations(...list),
        });
    });

    it("while the transaction reverts", async () => {
      const program = call(Opcode.REVERT, 0n, 0n);
      const transaction = { ...delegations(LIBRARY), to: hex(PROGRAM) };
      const { isSuccess } = await agree("Prague", { program, transaction });
      expect(isSuccess).to.equal(false);
    });

    it("but not before Prague", async () => {
      const outcome = await agree("Cancun", { transaction: delegations(LIBRARY) });
      expect(outcome.isRefused).to.equal(true);
    });
  });
});

function bits(value: bigint): bigint {
  return value === 0n ? 0n : BigInt(value.toString(2).length);
}
