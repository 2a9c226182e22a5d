// Messages that nobody signed, as eth_call runs them.
import { expect } from "chai";
import { getCreateAddress } from "ethers";
import * as Context from "../../src/machine/context.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import * as Logs from "../../src/machine/logs.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Run from "../../src/machine/run.ts";
import type * as TransactionContext from "../../src/machine/transactionContext.ts";
import * as View from "../../src/machine/view.ts";
import * as World from "../../src/machine/world.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { assemble, call } from "../parity/program.ts";
import * as TransactionRun from "./transactionRun.ts";

const PROGRAM = 0xc0n;
const POOR = 0x9n;

const HEADER = {
  number: 7n,
  timestamp: 1_700_000_000n,
  gasLimit: 30_000_000n,
  baseFeePerGas: 7n,
  coinbase: Bytes.fromBigInt(0xc01bn, 20),
  mixHash: new Uint8Array(32),
};

const message: TransactionContext.Transaction = {
  kind: 2,
  hash: new Uint8Array(32),
  sender: POOR,
  isCreation: false,
  to: PROGRAM,
  nonce: 0n,
  gasLimit: 100_000n,
  maxFeePerGas: 0n,
  maxPriorityFeePerGas: 0n,
  gasPrice: 0n,
  value: 0n,
  mint: 0n,
  data: View.EMPTY,
  dataZeroes: 0,
  accessList: null,
  accessAddresses: 0,
  accessSlots: 0,
  authorizations: null,
  authorizationCount: 0,
  blobHashes: [],
  maxFeePerBlobGas: 0n,
};

function run(code: Uint8Array, changes: Partial<TransactionContext.Transaction> = {}) {
  const state = TransactionRun.stateOf([{ address: PROGRAM, nonce: 1n, balance: 0n, code }]);
  const world = World.create(state, Logs.EMPTY_BLOOM);
  const context = Context.create("Osaka", 1n, true);
  const transaction = { ...message, ...changes };
  const block = TransactionRun.blockOf(HEADER);
  return Run.executeCall(context, block, world, transaction, () => undefined).result;
}

describe("a call", () => {
  it("needs no ether for its gas, and gives its output and gas", () => {
    const code = assemble(call(Opcode.MSTORE, 0n, 5n), call(Opcode.RETURN, 0n, 32n));
    expect(run(code)).to.deep.include({
      status: Cursor.STATUS_SUCCESS,
      gasUsed: 21_016n,
      output: Bytes.fromBigInt(5n, 32),
      created: null,
    });
  });

  it("shows the price that it was given", () => {
    const code = assemble(Opcode.GASPRICE, 0n, Opcode.MSTORE, call(Opcode.RETURN, 0n, 32n));
    expect(run(code, { gasPrice: 3n })?.output).to.deep.equal(Bytes.fromBigInt(3n, 32));
  });

  it("finds its sender, recipient and coinbase accessed", () => {
    const code = assemble(
      ...[POOR, PROGRAM, 0xc01bn].map((address) =>
        assemble(call(Opcode.BALANCE, address), Opcode.POP),
      ),
    );
    const pushes = 3 * 3;
    const pops = 3 * 2;
    expect(run(code)?.gasUsed).to.equal(21_000n + BigInt(pushes + 300 + pops));
  });

  it("reverts with its reason", () => {
    const code = assemble(call(Opcode.MSTORE, 0n, 9n), call(Opcode.REVERT, 0n, 32n));
    expect(run(code)).to.deep.include({
      status: Cursor.STATUS_REVERT,
      output: Bytes.fromBigInt(9n, 32),
    });
  });

  it("makes a contract where there is no recipient", () => {
    const from = "0x0000000000000000000000000000000000000009";
    const initCode = assemble(call(Opcode.RETURN, 0n, 1n));
    const data = View.ofBytes(initCode);
    const result = run(Bytes.EMPTY, { isCreation: true, to: 0n, data, gasLimit: 200_000n });
    expect(result?.status).to.equal(Cursor.STATUS_SUCCESS);
    expect(result?.output).to.deep.equal(Uint8Array.of(0));
    expect(result?.created).to.equal(BigInt(getCreateAddress({ from, nonce: 0 })));
  });
});
