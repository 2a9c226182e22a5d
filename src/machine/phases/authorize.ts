// AUTHORIZE: one tuple by which an account delegates to code (EIP-7702).
// Twin: contracts/machine/phases/Authorize.sol.
import { assert } from "../../primitives/assert.ts";
import * as Bytes from "../../primitives/bytes.ts";
import { keccak256 } from "../../primitives/keccak.ts";
import * as Rlp from "../../primitives/rlp.ts";
import * as Signature from "../../primitives/signature.ts";
import * as Witness from "../../merkle/witness.ts";
import * as Code from "../code.ts";
import * as Gas from "../gas.ts";
import * as Machine from "../machine.ts";
import * as Substate from "../substate.ts";
import * as TransactionContext from "../transactionContext.ts";
import * as World from "../world.ts";
import * as WorldState from "../worldState.ts";
import { phaseAfter } from "./admit.ts";

const MAGIC = 0x05;

/** Sets or clears one delegation; a tuple that does not hold is passed over. */
export function runAuthorize(machine: Machine.Machine): void {
  const transaction = Machine.openTransaction(machine);
  Machine.openWorld(machine);
  const tuple = transaction.authorizations;
  assert(tuple !== null, "AUTHORIZE runs while the list has tuples");
  record(machine, tuple);

  const authority = recover(machine, tuple);
  if (authority !== undefined) delegate(machine, tuple, authority);

  const rest = { ...transaction, authorizations: tuple.rest };
  machine.transaction = rest;
  machine.phase = phaseAfter(rest);
}

function delegate(
  machine: Machine.Machine,
  tuple: TransactionContext.Authorization,
  authority: bigint,
): void {
  Substate.touchAddress(machine, authority);
  const opening = WorldState.open(machine, authority);
  const { account, exists } = opening;
  if (!Code.isEmpty(account.code)) {
    const bytes = Code.take(account.code, machine.witness);
    if (Code.delegate(bytes) === undefined) return;
  }
  if (account.nonce !== tuple.nonce) return;

  if (exists) machine.world = World.applyRefund(machine.world, Gas.AUTHORIZATION_REFUND);
  const code = tuple.address === 0n ? Code.EMPTY : Code.delegation(tuple.address);
  WorldState.write(machine, opening, { ...account, code, nonce: account.nonce + 1n });
}

function recover(
  machine: Machine.Machine,
  tuple: TransactionContext.Authorization,
): bigint | undefined {
  const { chainId, address, nonce, yParity, r, s } = tuple;
  if (chainId !== 0n && chainId !== machine.context.chainId) return undefined;
  if (nonce === Gas.MAX_NONCE) return undefined;
  if (yParity > 1n || !Signature.isLowS(s)) return undefined;
  const payload = Rlp.encode([
    Rlp.fromBigInt(chainId),
    Bytes.fromBigInt(address, 20),
    Rlp.fromBigInt(nonce),
  ]);
  const hash = keccak256(Bytes.concat(Uint8Array.of(MAGIC), payload));
  const signer = Signature.recover(hash, Number(yParity), r, s);
  return signer === undefined ? undefined : Bytes.toBigInt(signer);
}

function record(machine: Machine.Machine, tuple: TransactionContext.Authorization): void {
  if (machine.witness === null) return;
  Witness.writeUint256(machine.witness, tuple.chainId);
  Witness.writeUint160(machine.witness, tuple.address);
  Witness.writeUint64(machine.witness, tuple.nonce);
  Witness.writeUint256(machine.witness, tuple.yParity);
  Witness.writeUint256(machine.witness, tuple.r);
  Witness.writeUint256(machine.witness, tuple.s);
  Witness.writeBytes32(machine.witness, TransactionContext.hashAuthorizations(tuple.rest));
}
