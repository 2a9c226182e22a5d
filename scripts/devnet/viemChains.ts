// Both chains as a program of a user's has to know them, ready to be pasted: viem with its OP-stack actions needs no more.
import { chainConfig } from "viem/op-stack";
import type { L1Chain, L2Chain } from "../../src/wallet/clients.ts";

/** A module of TypeScript that exports the chains as `l1` and `l2`. */
export function text(l1: L1Chain, l2: L2Chain): string {
  const own = Object.entries(l2.contracts).filter(([name]) => !(name in chainConfig.contracts));
  return [
    'import { defineChain } from "viem";',
    'import { chainConfig } from "viem/op-stack";',
    "",
    "export const l1 = defineChain({",
    ...fieldsOf(l1),
    `  contracts: ${JSON.stringify(l1.contracts)},`,
    "});",
    "export const l2 = defineChain({",
    "  ...chainConfig,",
    ...fieldsOf(l2),
    `  sourceId: ${l2.sourceId},`,
    "  contracts: {",
    "    ...chainConfig.contracts,",
    ...own.map(([name, contract]) => `    ${name}: ${JSON.stringify(contract)},`),
    "  },",
    "});",
  ].join("\n");
}

function fieldsOf({ id, name, nativeCurrency, rpcUrls }: L1Chain | L2Chain): string[] {
  return Object.entries({ id, name, nativeCurrency, rpcUrls }).map(
    ([field, value]) => `  ${field}: ${JSON.stringify(value)},`,
  );
}
