// The chains as viem knows them: with these its own OP-stack actions work, unmodified.
import { type Address, type Chain, defineChain } from "viem";
import { chainConfig } from "viem/op-stack";
import type { Contracts } from "./contracts.ts";

export type ChainFields = {
  readonly id: number;
  readonly name: string;
  readonly rpcUrl: string;
};

const MULTICALL3: Address = "0xcA11bde05977b3631167028862bE2a173976CA11";
const ETHER = { name: "Ether", symbol: "ETH", decimals: 18 } as const;

/** An L1 on which Multicall3 is deployed, which viem needs to list games. */
export function defineL1({ id, name, rpcUrl }: ChainFields) {
  return defineChain({
    id,
    name,
    nativeCurrency: ETHER,
    rpcUrls: { default: { http: [rpcUrl] } },
    contracts: { multicall3: { address: MULTICALL3 } },
  });
}

/** The L2 whose contracts stand on an L1. */
export function defineL2({ id, name, rpcUrl }: ChainFields, l1: Chain, contracts: Contracts) {
  return defineChain({
    ...chainConfig,
    id,
    name,
    nativeCurrency: ETHER,
    rpcUrls: { default: { http: [rpcUrl] } },
    sourceId: l1.id,
    contracts: {
      ...chainConfig.contracts,
      multicall3: { address: MULTICALL3 },
      portal: { [l1.id]: { address: contracts.portal } },
      disputeGameFactory: { [l1.id]: { address: contracts.gameRegistry } },
      l1StandardBridge: { [l1.id]: { address: contracts.standardBridge } },
    },
  });
}
