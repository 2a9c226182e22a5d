// Which log of a receipt is a withdrawal.
import { expect } from "chai";
import {
  encodeAbiParameters,
  encodeEventTopics,
  parseAbi,
  type Address,
  type TransactionReceipt,
} from "viem";
import * as Hex from "../../src/primitives/hex.ts";
import { MESSAGE_PASSER } from "../../src/protocol/limits.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";

const ABI = parseAbi([
  "event MessagePassed(uint256 indexed nonce, address indexed sender, address indexed target, uint256 value, uint256 gasLimit, bytes data, bytes32 withdrawalHash)",
]);
const SENDER: Address = `0x${"5e".repeat(20)}`;
const PASSER = Hex.fromBytes(MESSAGE_PASSER);

function logOf(address: Address, nonce: bigint) {
  const args = { nonce, sender: SENDER, target: SENDER };
  const types = ["uint256", "uint256", "bytes", "bytes32"].map((type) => ({ type }));
  return {
    address,
    topics: encodeEventTopics({ abi: ABI, eventName: "MessagePassed", args }),
    data: encodeAbiParameters(types, [1n, 21_000n, "0x", `0x${"77".repeat(32)}`]),
  };
}

function receiptOf(...logs: ReturnType<typeof logOf>[]): TransactionReceipt {
  // Nothing but the logs and the hash is looked at.
  return { transactionHash: `0x${"11".repeat(32)}`, logs } as unknown as TransactionReceipt;
}

describe("wallet/withdraw", () => {
  it("takes for the withdrawal what the message passer logged, whoever logs the like before", () => {
    const receipt = receiptOf(logOf(SENDER, 1n), logOf(PASSER, 2n));
    expect(Withdraw.withdrawalOf(receipt).nonce).to.equal(2n);
  });

  it("finds none where only others have logged the like", () => {
    expect(() => Withdraw.withdrawalOf(receiptOf(logOf(SENDER, 1n)))).to.throw(
      Withdraw.NoWithdrawalError,
    );
  });
});
