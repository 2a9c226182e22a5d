// A party's calls to an adjudicator, in one transaction where several wait, and those first that are of no use later: whoever
// is challenged in many channels at once, or has to reveal many secrets, cannot answer block by block, nor in their order.
import type { Court } from "../channels/client/channel.ts";
import * as Calls from "../l1/adjudicatorCalls.ts";
import * as Send from "../l1/send.ts";

/**
 * Makes a call that is of no use after a time, if that is known; rejects with why the adjudicator would not take it. That it
 * was taken shows the next look at the chain.
 */
export type Make = (call: Send.Call, dueBy: bigint | undefined) => Promise<void>;

type Waiting = {
  readonly call: Send.Call;
  readonly dueBy: bigint | undefined;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
};

/** Calls in one transaction, which take half of what it may have at most (EIP-7825). */
export const GROUP_CALLS = 128;
export const GROUP_GAS = 8_000_000n;
/** Nodes keep no transaction of more than 128 kB. */
export const GROUP_BYTES = 96 * 1_024;

/** A queue of calls that one key sends. */
export function create(sender: Send.Sender, { adjudicator }: Court): Make {
  let waiting: Waiting[] = [];
  let isBusy = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = soonest(waiting);
      waiting = waiting.filter((one) => !group.includes(one));
      waiting.push(...(await sendGroup(sender, adjudicator, group)));
    }
    isBusy = false;
  }

  return (call, dueBy) =>
    new Promise((done, failed) => {
      waiting.push({ call, dueBy, done, failed });
      if (isBusy) return;
      isBusy = true;
      // What the same look at the chain makes due goes together.
      setImmediate(() => void work());
    });
}

/** The calls to make next: those of which the time runs out first, and then in the order in which they came. */
export function soonest<T extends { readonly dueBy: bigint | undefined }>(waiting: readonly T[]) {
  return waiting.toSorted((one, other) => compare(one.dueBy, other.dueBy)).slice(0, GROUP_CALLS);
}

/** As many of the first calls as one transaction holds, but at least one. */
export function fitting<T extends Calls.Estimated>(estimated: readonly T[]): readonly T[] {
  let [gas, bytes] = [0n, 0];
  const tooMany = estimated.findIndex(({ call, gas: own }, index) => {
    gas += own;
    bytes += call.data.length / 2;
    return index > 0 && (gas > GROUP_GAS || bytes > GROUP_BYTES);
  });
  return tooMany < 0 ? estimated : estimated.slice(0, tooMany);
}

function compare(one: bigint | undefined, other: bigint | undefined): number {
  if (one === other) return 0;
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
  return one < other ? -1 : 1;
}

/** Sends what one transaction holds, and one call with ether, which goes alone; answers what is left to send. */
async function sendGroup(
  sender: Send.Sender,
  adjudicator: Uint8Array,
  group: readonly Waiting[],
): Promise<Waiting[]> {
  const [alone, ...more] = group.filter(hasValue);
  const others = group.filter((one) => !hasValue(one));
  const estimated = await Promise.all(others.map((one) => estimate(sender, one)));
  const ready = estimated.filter((one) => one !== undefined);
  const now = fitting(ready);
  if (now.length > 0) {
    await settle(
      now.map((one) => one.waiting),
      Send.send(sender, Calls.together(adjudicator, now)),
    );
  }
  if (alone !== undefined) await settle([alone], Send.send(sender, alone.call));
  return [...ready.slice(now.length).map(({ waiting }) => waiting), ...more];
}

/** What a call takes by itself; undefined, and the caller told, where it fails. */
async function estimate(
  { client, wallet }: Send.Sender,
  waiting: Waiting,
): Promise<(Calls.Estimated & { readonly waiting: Waiting }) | undefined> {
  const { call } = waiting;
  const { to, data } = call;
  try {
    const gas = await client.estimateGas({ account: wallet.account.address, to, data });
    return { waiting, call, gas };
  } catch (error) {
    waiting.failed(error);
    return undefined;
  }
}

async function settle(group: readonly Waiting[], sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
    for (const { done } of group) done();
  } catch (error) {
    for (const { failed } of group) failed(error);
  }
}

function hasValue({ call }: Waiting): boolean {
  return call.value > 0n;
}
