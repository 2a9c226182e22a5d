// Who this chain is, and how it stands with L1, in the words OP-stack operators and viem know.

import * as PatriciaTrie from "../../../merkle/patriciaTrie.ts";
import * as Bytes from "../../../primitives/bytes.ts";
import * as Hex from "../../../primitives/hex.ts";
import { keccak256 } from "../../../primitives/keccak.ts";
import { COINBASE, MESSAGE_PASSER } from "../../../protocol/limits.ts";
import type { Backend } from "../../backend.ts";
import type { L1Head } from "../../follow.ts";
import type * as Record from "../../record.ts";
import * as Blocks from "../blocks.ts";
import type { Methods } from "../dispatch.ts";
import * as Params from "../params.ts";

const NAMESPACES = ["debug", "eth", "net", "optimism", "rpc", "txpool", "web3"];
const VERSION = "tribunal/0.1.0";
// What OP-stack nodes say of a block that they have not seen yet.
const NO_L1_BLOCK: L1Head = { number: 0n, hash: new Uint8Array(32), timestamp: 0n };

/** Methods that tell which chain this is, and what of it stands on L1. */
export function create(backend: Backend): Methods {
  const { chain } = backend;
  const { chainId } = chain.context;
  const referenceTo = (id: Params.BlockId) => reference(Blocks.require(backend, id));
  const l1Reference = () => {
    const { l1Number, l1Hash, l1Timestamp } = backend.progress();
    return referenceToL1({ number: l1Number, hash: l1Hash, timestamp: l1Timestamp });
  };
  const syncStatus = () => ({
    current_l1: l1Reference(),
    head_l1: l1Reference(),
    safe_l1: l1Reference(),
    finalized_l1: referenceToL1(backend.progress().finalizedL1 ?? NO_L1_BLOCK),
    unsafe_l2: referenceTo({ tag: "latest" }),
    safe_l2: referenceTo({ tag: "safe" }),
    finalized_l2: referenceTo({ tag: "finalized" }),
  });

  return {
    eth_chainId: () => Hex.fromBigInt(chainId),
    net_version: () => chainId.toString(),
    net_listening: () => true,
    net_peerCount: () => "0x0",
    web3_clientVersion: () => VERSION,
    web3_sha3: ([data]) => Hex.fromBytes(keccak256(Params.bytes(data, "data"))),
    eth_syncing: () => false,
    eth_accounts: () => [],
    // Who is paid by every block.
    eth_coinbase: () => Hex.fromBytes(COINBASE),
    eth_mining: () => false,
    eth_hashrate: () => "0x0",
    rpc_modules: () => Object.fromEntries(NAMESPACES.map((name) => [name, "1.0"])),
    eth_protocolVersion: () => "0x44",

    optimism_version: () => VERSION,
    optimism_rollupConfig: () => backend.rollupConfig,
    optimism_syncStatus: syncStatus,
    optimism_outputAtBlock: ([id]) => {
      const block = Blocks.require(backend, Params.blockId(id, "block"));
      const state = Blocks.stateOf(backend, { number: block.header.number });
      const { storage } = Blocks.account(state, Bytes.toBigInt(MESSAGE_PASSER));
      return {
        version: Hex.fromBytes(new Uint8Array(32)),
        outputRoot: Hex.fromBytes(block.done.outputRoot),
        blockRef: reference(block),
        withdrawalStorageRoot: Hex.fromBytes(PatriciaTrie.root(storage)),
        stateRoot: Hex.fromBytes(block.header.stateRoot),
        syncStatus: syncStatus(),
      };
    },
  };
}

function referenceToL1({ number, hash, timestamp }: L1Head) {
  return { hash: Hex.fromBytes(hash), number: Number(number), timestamp: Number(timestamp) };
}

function reference({ hash, header, originHash, originNumber }: Record.BlockRecord) {
  return {
    hash: Hex.fromBytes(hash),
    number: Number(header.number),
    parentHash: Hex.fromBytes(header.parentHash),
    timestamp: Number(header.timestamp),
    l1origin: { hash: Hex.fromBytes(originHash), number: Number(originNumber) },
    sequenceNumber: 0,
  };
}
