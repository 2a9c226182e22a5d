// INITIATE: the frame of a creation. Twin: contracts/machine/phases/Initiate.sol.
import * as PatriciaTrie from "../../merkle/patriciaTrie.ts";
import type * as Account from "../account.ts";
import * as Code from "../code.ts";
import * as Cursor from "../cursor.ts";
import * as Frame from "../frame.ts";
import * as Machine from "../machine.ts";
import * as Phase from "../phase.ts";
import * as Substate from "../substate.ts";
import * as View from "../view.ts";
import * as WorldState from "../worldState.ts";

/** Checks for a collision, takes the snapshot, makes the account and the frame that runs the initcode. */
export function runInitiate(machine: Machine.Machine): void {
  const message = Machine.openCursor(machine, "message");
  Machine.openWorld(machine);
  const snapshot = machine.world;

  const opening = WorldState.open(machine, message.self);
  const isFree = !collides(opening.account);
  const code = isFree ? makeAccount(machine, message, opening) : Code.EMPTY;
  const { kind, self, caller, value, depth } = message;
  machine.frame = Frame.create(
    {
      parent: machine.frame,
      depth,
      kind,
      isStatic: false,
      self,
      caller,
      value,
      code,
      input: View.EMPTY,
      outOffset: 0,
      outSize: 0,
      snapshot,
    },
    isFree ? message.gas : 0n,
  );
  if (isFree) {
    machine.phase = Phase.EXECUTE;
    machine.cursor = null;
  } else {
    Machine.endFrame(machine, Cursor.STATUS_HALT, View.EMPTY);
  }
}

// EIP-684 and EIP-7610: whatever shows that a contract was or may be there.
function collides({ nonce, code, storage }: Account.Account): boolean {
  return nonce !== 0n || !Code.isEmpty(code) || !PatriciaTrie.isEmpty(storage);
}

function makeAccount(
  machine: Machine.Machine,
  message: Cursor.Message,
  opening: WorldState.Opening,
): Code.Code {
  const { account } = opening;
  const { self, caller, value } = message;
  WorldState.write(machine, opening, { ...account, nonce: 1n, balance: account.balance + value });
  Substate.markCreated(machine, self);
  if (value > 0n) {
    const sender = WorldState.open(machine, caller);
    const left = sender.account.balance - value;
    WorldState.write(machine, sender, { ...sender.account, balance: left });
  }
  View.open(message.input, machine.witness);
  return Code.of(View.loadAll(message.input, machine.witness));
}
