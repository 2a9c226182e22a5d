// CREATE, CREATE2 and SELFDESTRUCT. Creations pay and leave a message for CREATE.
// Twin: contracts/machine/instructions/CreateOps.sol.
import * as Account from "../account.ts";
import * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as FrameKind from "../frameKind.ts";
import * as Gas from "../gas.ts";
import { Halt } from "../halt.ts";
import * as Machine from "../machine.ts";
import type { Executing } from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Stack from "../stack.ts";
import * as Substate from "../substate.ts";
import * as View from "../view.ts";
import * as World from "../world.ts";
import * as WorldState from "../worldState.ts";
import { addressOf } from "./environmentOps.ts";

/** CREATE */
export function opCreate(machine: Executing): Halt {
  const { frame } = machine;
  const value = Stack.pop(frame.stack);
  const offset = Number(Stack.pop(frame.stack));
  const size = Number(Stack.pop(frame.stack));

  return sendCreation(machine, FrameKind.CREATE, value, offset, size, 0n, Gas.INIT_CODE_WORD);
}

/** CREATE2, which pays for hashing the initcode too. */
export function opCreate2(machine: Executing): Halt {
  const { frame } = machine;
  const value = Stack.pop(frame.stack);
  const offset = Number(Stack.pop(frame.stack));
  const size = Number(Stack.pop(frame.stack));
  const salt = Stack.pop(frame.stack);

  const word = Gas.INIT_CODE_WORD + Gas.KECCAK256_WORD;
  return sendCreation(machine, FrameKind.CREATE2, value, offset, size, salt, word);
}

/** SELFDESTRUCT, which removes only what its own transaction created (EIP-6780). */
export function opSelfdestruct(machine: Executing): Halt {
  const { frame } = machine;
  const heir = addressOf(Stack.pop(frame.stack));

  Machine.openWorld(machine);
  let cost = Gas.SELFDESTRUCT;
  if (!Substate.touchAddress(machine, heir)) cost += Gas.COLD_ACCOUNT;
  const own = WorldState.open(machine, frame.self);
  const { balance } = own.account;
  const heirBefore = WorldState.open(machine, heir);
  if (balance > 0n && Account.isEmpty(heirBefore.account)) cost += Gas.NEW_ACCOUNT;
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;

  const isCreated = Substate.isCreated(machine, frame.self);
  if (heir !== frame.self) {
    WorldState.write(machine, own, { ...own.account, balance: 0n });
    const opening = WorldState.open(machine, heir);
    const { account } = opening;
    WorldState.write(machine, opening, { ...account, balance: account.balance + balance });
  } else if (isCreated) {
    WorldState.write(machine, own, { ...own.account, balance: 0n });
  }
  if (isCreated) machine.world = World.addDestroyed(machine.world, frame.self);

  Machine.endFrame(machine, Cursor.STATUS_SUCCESS, View.EMPTY);
  return Halt.None;
}

function sendCreation(
  machine: Executing,
  kind: number,
  value: bigint,
  offset: number,
  size: number,
  salt: bigint,
  wordCost: number,
): Halt {
  const { frame } = machine;
  if (size > Gas.MAX_INIT_CODE_SIZE) return Halt.InitCodeTooLarge;
  const cost = Gas.CREATE + wordCost * Gas.wordsFor(size);
  if (!Frame.charge(frame, cost)) return Halt.OutOfGas;
  if (!Frame.expand(frame, offset, size)) return Halt.OutOfGas;

  machine.phase = Phase.CREATE;
  machine.cursor = {
    type: "message",
    kind,
    caller: frame.self,
    self: 0n,
    codeAddress: 0n,
    value,
    gas: 0n,
    isStatic: false,
    isDelegated: false,
    depth: frame.depth + 1,
    input: View.of(frame.memory, offset, size),
    outOffset: 0,
    outSize: 0,
    salt,
  };

  frame.pc += 1;
  return Halt.None;
}
