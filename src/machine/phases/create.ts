// CREATE: the address and the gas of a creation. Twin: contracts/machine/phases/Create.sol.
import { keccak256 } from "../../primitives/keccak.ts";
import * as ContractAddress from "../contractAddress.ts";
import type * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as FrameKind from "../frameKind.ts";
import * as Gas from "../gas.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Substate from "../substate.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";
import { failCall } from "./resolve.ts";

/** Checks depth, balance and nonce, takes the gas, bumps the nonce and makes the address. */
export function runCreate(machine: Machine.Machine): void {
  const frame = Machine.openFrame(machine);
  const message = Machine.openCursor(machine, "message");
  Machine.openWorld(machine);

  if (message.depth > Gas.MAX_DEPTH) {
    failCall(machine, frame);
    return;
  }
  const creator = WorldState.open(machine, message.caller);
  const { account } = creator;
  if (account.balance < message.value || account.nonce === Gas.MAX_NONCE) {
    failCall(machine, frame);
    return;
  }

  const available = Frame.gasLeft(frame);
  const gas = Gas.allButOne64th(available);
  Frame.setGas(frame, available - gas);

  const address = addressOf(machine, message, account.nonce);
  WorldState.write(machine, creator, { ...account, nonce: account.nonce + 1n });
  Substate.touchAddress(machine, address);

  machine.phase = Phase.INITIATE;
  machine.cursor = { ...message, self: address, codeAddress: address, gas };
}

function addressOf(machine: Machine.Machine, message: Cursor.Message, nonce: bigint): bigint {
  if (message.kind === FrameKind.CREATE) return ContractAddress.byNonce(message.caller, nonce);
  View.open(message.input, machine.witness);
  const initCode = View.loadAll(message.input, machine.witness);
  return ContractAddress.bySalt(message.caller, message.salt, keccak256(initCode));
}
