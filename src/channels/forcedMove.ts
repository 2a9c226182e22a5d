// What a forced move may change: the payments and the app's data. Twin: contracts/channels/ForcedMove.sol.
import * as Bytes from "../primitives/bytes.ts";
import * as AppState from "./appState.ts";
import { CallRejected } from "./callRejected.ts";
import type { State } from "./channelState.ts";
import type { Params } from "./params.ts";

/** The contracts that judge moves. */
export type Apps = {
  readonly codeHash: (account: Uint8Array) => Uint8Array;
  /** What IChannelApp.validTransition answers; false where it fails to. */
  readonly validTransition: (
    app: Uint8Array,
    params: Params,
    prev: State,
    prevData: Uint8Array,
    next: State,
    nextData: Uint8Array,
    moverIsB: boolean,
  ) => boolean;
};

/** The next state follows the previous one, whatever the app says of it. */
export function check(
  prev: State,
  next: State,
  prevApp: AppState.AppState,
  nextApp: AppState.AppState,
): void {
  for (const { isFinal, channelId, version } of [prev, next]) {
    if (isFinal) throw new CallRejected("StateIsFinal", [channelId, version]);
  }
  const following = prev.version + 1n;
  if (next.version !== following) {
    throw new CallRejected("WrongVersion", [following, next.version]);
  }
  requireApp(prev.app, AppState.hash(prevApp));
  requireApp(next.app, AppState.hash(nextApp));
  const sameCode = Bytes.equals(nextApp.codeHash, prevApp.codeHash);
  if (!Bytes.equals(nextApp.app, prevApp.app) || !sameCode) {
    throw new CallRejected("WrongApp", [prev.app, next.app]);
  }
  if (!Bytes.equals(next.locks, prev.locks)) {
    throw new CallRejected("LocksChanged", [prev.locks, next.locks]);
  }
  if (!haveSameAssets(prev, next)) throw new CallRejected("AssetsChanged", [prev.channelId]);
}

/** The app's code is the one that both signed for, and it says yes. */
export function requireAllowed(
  params: Params,
  prev: State,
  prevApp: AppState.AppState,
  next: State,
  nextApp: AppState.AppState,
  moverIsB: boolean,
  apps: Apps,
): void {
  const { app, codeHash } = nextApp;
  const actual = apps.codeHash(app);
  if (!Bytes.equals(actual, codeHash)) throw new CallRejected("AppCodeChanged", [codeHash, actual]);
  if (!apps.validTransition(app, params, prev, prevApp.data, next, nextApp.data, moverIsB)) {
    throw new CallRejected("MoveRefused", [app, moverIsB]);
  }
}

/** Whether two states name the same tokens and withdrawals in the same order. */
export function haveSameAssets(prev: State, next: State): boolean {
  return (
    prev.assets.length === next.assets.length &&
    prev.assets.every(({ token, outA, outB }, index) => {
      const asset = next.assets[index];
      return (
        asset !== undefined &&
        Bytes.equals(asset.token, token) &&
        asset.outA === outA &&
        asset.outB === outB
      );
    })
  );
}

function requireApp(expected: Uint8Array, actual: Uint8Array): void {
  if (!Bytes.equals(expected, actual)) throw new CallRejected("WrongApp", [expected, actual]);
}
