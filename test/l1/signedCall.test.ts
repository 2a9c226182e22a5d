import { expect } from "chai";
import { createWalletClient, custom, keccak256, toHex } from "viem";
import { privateKeyToAccount, toAccount } from "viem/accounts";
import * as Chains from "../../src/l1/chain.ts";
import * as SignedCall from "../../src/l1/signedCall.ts";

const chain = Chains.defineL1({ id: 31_337, name: "L1", rpcUrl: "http://127.0.0.1:8545" });
const transport = custom({ request: () => Promise.reject(new TypeError("nothing is asked")) });
const account = privateKeyToAccount(keccak256("0x01"));
const wallet = createWalletClient({ chain, transport, account });
const TERMS = { gas: 21_000n, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 0n };

describe("l1/signedCall", () => {
  const datas = { "no data": "0x", "a batch": toHex(new Uint8Array(120_000).fill(7)) } as const;
  for (const [what, data] of Object.entries(datas)) {
    it(`signs a call with ${what} as viem does`, async () => {
      for (const [nonce, value] of [
        [0, 0n],
        [300, 10n ** 18n],
      ] as const) {
        const call = { what, to: account.address, data, value };
        const fields = { ...TERMS, to: call.to, data, value, nonce };
        const expected = await account.signTransaction({
          type: "eip1559",
          chainId: chain.id,
          ...fields,
        });
        const signed = await SignedCall.sign(wallet, call, { ...TERMS, nonce });
        expect(signed).to.deep.equal({ serialized: expected, hash: keccak256(expected) });
      }
    });
  }

  it("names an account that signs whole transactions only", async () => {
    const { address, signMessage, signTransaction, signTypedData } = account;
    const limited = toAccount({ address, signMessage, signTransaction, signTypedData });
    const other = createWalletClient({ chain, transport, account: limited });
    const call = { what: "a call", to: address, data: "0x", value: 0n } as const;
    const reason: unknown = await SignedCall.sign(other, call, { ...TERMS, nonce: 0 }).catch(
      (error: unknown) => error,
    );
    expect(reason).to.be.instanceOf(SignedCall.CannotSignError).that.includes({ address });
  });
});
