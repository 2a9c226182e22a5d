// What L1 learns of an L2 block, in the OP-stack's encoding. Twin: contracts/protocol/OutputRoot.sol.
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";

export type Output = {
  readonly stateRoot: Uint8Array;
  readonly messagePasserStorageRoot: Uint8Array;
  readonly blockHash: Uint8Array;
};

const VERSION = new Uint8Array(32);

/** The commitment to an output, of version 0. */
export function hash(output: Output): Uint8Array {
  return keccak256(
    Bytes.concat(VERSION, output.stateRoot, output.messagePasserStorageRoot, output.blockHash),
  );
}
