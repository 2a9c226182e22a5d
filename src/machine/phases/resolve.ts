// RESOLVE: whose code a call runs and with how much gas. Twin: contracts/machine/phases/Resolve.sol.
import * as Code from "../code.ts";
import type * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as FrameKind from "../frameKind.ts";
import * as Gas from "../gas.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Stack from "../stack.ts";
import * as Substate from "../substate.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";

/** Follows a delegation, takes the gas and checks depth and balance. */
export function runResolve(machine: Machine.Machine): void {
  const { frame } = machine;
  if (frame !== null) Machine.openFrame(machine);
  const message = Machine.openCursor(machine, "message");
  Machine.openWorld(machine);

  const delegate = machine.context.isPrague ? delegateOf(machine, message.codeAddress) : undefined;
  if (delegate !== undefined) {
    const wasWarm = Substate.touchAddress(machine, delegate);
    const cost = wasWarm ? Gas.WARM_ACCESS : Gas.COLD_ACCOUNT;
    if (frame !== null && !Frame.charge(frame, cost)) {
      Machine.haltFrame(machine);
      return;
    }
  }
  const resolved = {
    ...message,
    codeAddress: delegate ?? message.codeAddress,
    isDelegated: delegate !== undefined,
  };
  if (frame === null) enter(machine, resolved);
  else call(machine, frame, resolved);
}

function call(machine: Machine.Machine, frame: Frame.Frame, message: Cursor.Message): void {
  const movesValue =
    message.value > 0n && (message.kind === FrameKind.CALL || message.kind === FrameKind.CALLCODE);
  const stipend = movesValue ? BigInt(Gas.CALL_STIPEND) : 0n;

  const isLegal =
    message.depth <= Gas.MAX_DEPTH &&
    (!movesValue || WorldState.open(machine, message.caller).account.balance >= message.value);
  if (!isLegal) {
    Frame.refundGas(frame, stipend);
    failCall(machine, frame);
    return;
  }
  const available = Frame.gasLeft(frame);
  const limit = Gas.allButOne64th(available);
  const given = message.gas < limit ? message.gas : limit;
  Frame.setGas(frame, available - given);
  enter(machine, { ...message, gas: given + stipend });
}

/** Lets a call or creation fail before it has a frame. */
export function failCall(machine: Machine.Machine, frame: Frame.Frame): void {
  Stack.push(frame.stack, 0n);
  frame.returned = View.EMPTY;
  machine.phase = Phase.EXECUTE;
  machine.cursor = null;
}

function enter(machine: Machine.Machine, message: Cursor.Message): void {
  machine.phase = Phase.ENTER;
  machine.cursor = message;
}

function delegateOf(machine: Machine.Machine, address: bigint): bigint | undefined {
  const { code } = WorldState.open(machine, address).account;
  return Code.delegate(Code.take(code, machine.witness));
}
