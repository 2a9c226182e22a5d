// ENTER: the frame of a call. Twin: contracts/machine/phases/Enter.sol.
import * as Account from "../account.ts";
import * as Code from "../code.ts";
import type * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as FrameKind from "../frameKind.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Substate from "../substate.ts";
import * as WorldState from "../worldState.ts";

/** Takes the snapshot, moves value, loads the code and makes the frame. */
export function runEnter(machine: Machine.Machine): void {
  const message = Machine.openCursor(machine, "message");
  Machine.openWorld(machine);
  const snapshot = machine.world;

  moveValue(machine, message);

  const isPrecompile = !message.isDelegated && Substate.isPrecompile(machine, message.codeAddress);
  const code = isPrecompile ? Code.EMPTY : loadCode(machine, message.codeAddress);
  const { kind, isStatic, self, caller, value, depth, input, outOffset, outSize } = message;
  const parent = machine.frame;
  machine.frame = Frame.create(
    {
      parent,
      depth,
      kind,
      isStatic,
      self,
      caller,
      value,
      code,
      input,
      outOffset,
      outSize,
      snapshot,
    },
    message.gas,
  );
  machine.phase = isPrecompile ? Phase.PRECOMPILE : Phase.EXECUTE;
  if (!isPrecompile) machine.cursor = null;
}

function moveValue(machine: Machine.Machine, message: Cursor.Message): void {
  const { kind, caller, self, value } = message;
  if (kind === FrameKind.CALL && value > 0n) {
    const sender = WorldState.open(machine, caller);
    const left = sender.account.balance - value;
    WorldState.write(machine, sender, { ...sender.account, balance: left });
    const recipient = WorldState.open(machine, self);
    const raised = recipient.account.balance + value;
    WorldState.write(machine, recipient, { ...recipient.account, balance: raised });
  } else if (kind === FrameKind.CALL || kind === FrameKind.STATICCALL) {
    // An empty account that is touched is removed (EIP-161).
    const recipient = WorldState.open(machine, self);
    if (recipient.exists && Account.isEmpty(recipient.account))
      WorldState.remove(machine, recipient);
  }
}

function loadCode(machine: Machine.Machine, address: bigint): Code.Code {
  const { code } = WorldState.open(machine, address).account;
  Code.take(code, machine.witness);
  return code;
}
