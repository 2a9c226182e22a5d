// From a deployment and a key to the configuration of an actor.
import { untilAllowed } from "../../src/l1/blockAllowance.ts";
import type { Contracts } from "../../src/l1/contracts.ts";
import * as L1Contracts from "../../src/l1/contracts.ts";
import * as OriginHeader from "../../src/l1/originHeader.ts";
import { untilItReads } from "../../src/l1/retry.ts";
import * as Send from "../../src/l1/send.ts";
import * as Source from "../../src/l1/source.ts";
import type * as Node from "../../src/node/node.ts";
import type { RunSequencerConfig } from "../../src/sequencer/runSequencer.ts";
import { addressBytes, type DeployedRollup } from "./deploy.ts";

export type Local = {
  /** The database file, or ":memory:". */
  readonly path: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly pollMs: number;
  readonly say: (line: string) => void;
};

export type SequencerLocal = Local & {
  readonly timing: RunSequencerConfig["timing"];
  readonly sendTiming: Send.Timing;
  readonly signal: AbortSignal;
};

/** The contracts by their names in src/l1. */
export function contractsOf(deployed: DeployedRollup): Contracts {
  const { inbox, portal, disputeGame, gameRegistry, l1StandardBridge } = deployed;
  return { inbox, portal, disputeGame, gameRegistry, standardBridge: l1StandardBridge };
}

/** What every node of the chain must be told. */
export function deploymentOf(deployed: DeployedRollup): Node.Deployment {
  const { parameters, genesis, firstL1Block, portal, inbox, disputeGame } = deployed;
  const rollupConfig = {
    l2_chain_id: Number(parameters.chainId),
    deposit_contract_address: portal,
    inbox_address: inbox,
    dispute_game_address: disputeGame,
    genesis: { l1: { number: Number(firstL1Block) }, l2_time: Number(genesis.timestamp) },
  };
  return {
    chainId: parameters.chainId,
    genesis,
    portal: addressBytes(portal),
    firstL1Block,
    rollupConfig,
  };
}

/** A node that follows this deployment. */
export function nodeConfig(client: Send.L1Client, deployed: DeployedRollup, local: Local) {
  const source = { client, contracts: contractsOf(deployed), confirmations: 0n };
  return {
    ...local,
    deployment: deploymentOf(deployed),
    source: {
      head: () => Source.head(source),
      finalized: () => Source.finalized(source),
      hashOf: (number: bigint) => Source.hashOf(source, number),
      events: (from: bigint, to: bigint) => Source.events(source, from, to),
      requireSameChain: () => Source.requireSameChain(source),
    },
  };
}

/** The sequencer of this deployment, with the key that may post. */
export function sequencerConfig(
  client: Send.L1Client,
  wallet: Send.L1Wallet,
  deployed: DeployedRollup,
  local: SequencerLocal,
): RunSequencerConfig {
  const contracts = contractsOf(deployed);
  const { signal, say } = local;
  const sender = Send.create(client, wallet, { signal, say }, local.sendTiming);
  return {
    ...nodeConfig(client, deployed, local),
    timing: local.timing,
    headerOf: (blockNumber) =>
      untilItReads("read the origin's header", { signal, say }, async () =>
        OriginHeader.encodeHeader(await client.getBlock({ blockNumber })),
      ),
    post: async (batch) => {
      await untilAllowed(client, contracts, batch.blocks, { signal, say });
      return Send.send(sender, L1Contracts.postBatch(contracts, batch));
    },
    l1BaseFee: async () => (await client.getBlock()).baseFeePerGas ?? 0n,
  };
}
