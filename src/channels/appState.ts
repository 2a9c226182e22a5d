// The state of an app inside a channel. Twin: contracts/channels/AppState.sol.
import * as Bytes from "../primitives/bytes.ts";
import { keccak256 } from "../primitives/keccak.ts";

export type AppState = {
  // The IChannelApp that judges moves.
  readonly app: Uint8Array;
  // The hash of its code; code that has changed judges nothing.
  readonly codeHash: Uint8Array;
  readonly data: Uint8Array;
};

/** What a channel's state names the app's state by. */
export function hash(appState: AppState): Uint8Array {
  const { app, codeHash, data } = appState;
  return keccak256(Bytes.concat(Bytes.padLeft(app, 32), codeHash, keccak256(data)));
}
