// A party's calls to an adjudicator, in one transaction where several wait: whoever is challenged in many channels at once
// cannot answer block by block.
import type { Court } from "../channels/client/channel.ts";
import * as Calls from "../l1/adjudicatorCalls.ts";
import * as Send from "../l1/send.ts";

/** Makes a call; rejects with why the adjudicator would not take it. That it was taken shows the next look at the chain. */
export type Make = (call: Send.Call) => Promise<void>;

type Waiting = {
  readonly call: Send.Call;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
};

/** Calls in one transaction: at most some 250,000 gas each. */
const GROUP = 32;

/** A queue of calls that one key sends. */
export function create(sender: Send.Sender, { adjudicator }: Court): Make {
  let waiting: Waiting[] = [];
  let isBusy = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, GROUP);
      waiting = waiting.slice(GROUP);
      await sendGroup(sender, adjudicator, group);
    }
    isBusy = false;
  }

  return (call) =>
    new Promise((done, failed) => {
      waiting.push({ call, done, failed });
      if (isBusy) return;
      isBusy = true;
      // What the same look at the chain makes due goes together.
      setImmediate(() => void work());
    });
}

async function sendGroup(
  sender: Send.Sender,
  adjudicator: Uint8Array,
  group: readonly Waiting[],
): Promise<void> {
  // A call with ether goes alone.
  const [alone, others] = [group.filter(hasValue), group.filter((one) => !hasValue(one))];
  const estimated = await Promise.all(others.map((one) => estimate(sender, one)));
  const ready = estimated.filter((one) => one !== undefined);
  if (ready.length > 0) {
    await settle(
      ready.map((one) => one.waiting),
      Send.send(sender, Calls.together(adjudicator, ready)),
    );
  }
  for (const one of alone) await settle([one], Send.send(sender, one.call));
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
