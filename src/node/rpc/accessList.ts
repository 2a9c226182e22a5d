// Which accounts and slots a call reads, as eth_createAccessList tells them: so much the declared list makes cheaper.

import * as Machine from "../../machine/machine.ts";
import * as Opcode from "../../machine/opcode.ts";
import * as Phase from "../../machine/phase.ts";
import * as Step from "../../machine/step.ts";
import * as Substate from "../../machine/substate.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Call from "./call.ts";
import type { AccessItem, CallRequest } from "./params.ts";

/** Accounts with the slots that were read or written in them. */
type Accessed = Map<bigint, Set<bigint>>;

/** Where each instruction that names an account has it on the stack, from the top. */
const ACCOUNT_AT: ReadonlyMap<number, number> = new Map([
  [Opcode.BALANCE, 1],
  [Opcode.EXTCODESIZE, 1],
  [Opcode.EXTCODECOPY, 1],
  [Opcode.EXTCODEHASH, 1],
  [Opcode.SELFDESTRUCT, 1],
  [Opcode.CALL, 2],
  [Opcode.CALLCODE, 2],
  [Opcode.DELEGATECALL, 2],
  [Opcode.STATICCALL, 2],
]);
const ADDRESS_MASK = 2n ** 160n - 1n;
/** A list changes the gas, and by that what is read: after so many rounds the last list is as good as any. */
const MOST_ROUNDS = 16;

/** The list that leaves nothing of the call to be declared, and the call's result with it. */
export function create(place: Call.Place, request: CallRequest) {
  let list = request.accessList;
  for (let round = 1; ; round++) {
    const accessed: Accessed = new Map();
    const withList = { ...request, accessList: list };
    const gas = Call.gasCap(request);
    const result = Call.run(place, withList, gas, (machine) => observe(accessed, machine));
    const next = toList(place, request, accessed);
    if (round === MOST_ROUNDS || isSame(next, list)) return { list: next, result };
    list = next;
  }
}

function observe(accessed: Accessed, machine: Machine.Machine): void {
  if (machine.phase !== Phase.EXECUTE || !Machine.isExecuting(machine)) return;
  const { self, stack } = machine.frame;
  const opcode = Step.nextOpcode(machine);
  const top = stack.items.at(-1);
  if ((opcode === Opcode.SLOAD || opcode === Opcode.SSTORE) && top !== undefined) {
    note(accessed, self).add(top);
  }
  const depth = ACCOUNT_AT.get(opcode);
  const account = depth === undefined ? undefined : stack.items.at(-depth);
  if (account === undefined) return;
  const address = account & ADDRESS_MASK;
  if (!Substate.isPrecompile(machine, address)) note(accessed, address);
}

function note(accessed: Accessed, address: bigint): Set<bigint> {
  const slots = accessed.get(address) ?? new Set();
  accessed.set(address, slots);
  return slots;
}

// Sender and recipient are warm in any case; they are listed for their slots only.
function toList(
  { block }: Call.Place,
  { from, to }: CallRequest,
  accessed: Accessed,
): AccessItem[] {
  const parties = [from, to].filter((one) => one !== undefined).map(Bytes.toBigInt);
  const warm = new Set([block.coinbase, ...parties]);
  const listed = [...accessed].filter(([address, slots]) => slots.size > 0 || !warm.has(address));
  return listed
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([address, slots]) => ({
      address: Bytes.fromBigInt(address, 20),
      slots: [...slots]
        .sort((left, right) => (left < right ? -1 : 1))
        .map((slot) => Bytes.fromBigInt(slot, 32)),
    }));
}

function isSame(left: readonly AccessItem[], right: readonly AccessItem[]): boolean {
  const text = (list: readonly AccessItem[]) =>
    list
      .map(({ address, slots }) => [address, ...slots].map((one) => one.join()).join(";"))
      .join("|");
  return text(left) === text(right);
}
