// Which accounts and slots a call reads, as eth_createAccessList tells them: so much the declared list makes cheaper.

import * as Precompiles from "../../machine/precompiles/precompiles.ts";
import * as Bytes from "../../primitives/bytes.ts";
import * as Call from "./call.ts";
import type { AccessItem, CallRequest } from "./params.ts";
import * as Touched from "./touched.ts";

/** A list changes the gas, and by that what is read: after so many rounds the last list is as good as any. */
const MOST_ROUNDS = 16;

/** The list that leaves nothing of the call to be declared, and the call's result with it. */
export function create(place: Call.Place, request: CallRequest) {
  let list = request.accessList;
  for (let round = 1; ; round++) {
    const accessed: Touched.Touched = new Map();
    const withList = { ...request, accessList: list };
    const gas = Call.gasCap(request);
    const result = Call.run(place, withList, gas, (machine) => Touched.observe(accessed, machine));
    const next = toList(place, request, accessed);
    if (round === MOST_ROUNDS || isSame(next, list)) return { list: next, result };
    list = next;
  }
}

// Sender, recipient and precompiles are warm in any case; they are listed for their slots only.
function toList(
  { block, backend }: Call.Place,
  { from, to }: CallRequest,
  accessed: Touched.Touched,
): AccessItem[] {
  const parties = [from, to].filter((one) => one !== undefined).map(Bytes.toBigInt);
  const warm = new Set([block.coinbase, ...parties]);
  for (const address of Precompiles.addresses(backend.chain.context.fork)) warm.add(address);
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
