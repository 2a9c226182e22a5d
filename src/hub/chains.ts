// The chains at which a party looks. A channel on another one would be challenged unseen.
import type * as Channel from "../channels/client/channel.ts";
import * as Court from "../channels/client/court.ts";
import type * as Dispute from "../channels/client/dispute.ts";
import * as Hex from "../primitives/hex.ts";

/** A chain as a hub needs it; see adjudicator.ts. */
export type Chain = {
  readonly court: Channel.Court;
  readonly view: (channel: Channel.Channel) => Promise<Channel.ChainView>;
  readonly perform: (channel: Channel.Channel, call: Dispute.Call) => Promise<void>;
};

/** The chain of an adjudicator; UnwatchedError where there is none. */
export function find(chains: readonly Chain[], court: Channel.Court): Chain {
  const chain = chains.find((one) => Court.isSame(one.court, court));
  if (chain === undefined) throw new UnwatchedError(court);
  return chain;
}

/** A channel belongs to an adjudicator at which the party does not look. */
export class UnwatchedError extends Error {
  override readonly name = "Chains.UnwatchedError";
  readonly court: Channel.Court;
  constructor(court: Channel.Court) {
    super(`no chain for adjudicator ${Hex.fromBytes(court.adjudicator)} on ${court.chainId}`);
    this.court = court;
  }
}
