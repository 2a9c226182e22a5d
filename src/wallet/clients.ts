// What a user holds on one chain: a view of it, and a key that signs.
import type { Account, Chain, PublicClient, Transport, WalletClient } from "viem";
import type { defineL1, defineL2 } from "../l1/chain.ts";

export type L1Chain = ReturnType<typeof defineL1>;
export type L2Chain = ReturnType<typeof defineL2>;

export type Clients<C extends Chain> = {
  readonly chain: C;
  readonly client: PublicClient<Transport, C>;
  readonly wallet: WalletClient<Transport, C, Account>;
};
