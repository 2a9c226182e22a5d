// Games inside a channel: which changes begin one, move in it and end it, by the rules of its app.
import * as Bytes from "../../primitives/bytes.ts";
import * as AppState from "../appState.ts";
import type { Params } from "../params.ts";
import type { App } from "./app.ts";
import type { Change, Install, Move } from "./change.ts";
import * as Content from "./content.ts";
import type { Side } from "./content.ts";
import * as Policy from "./policy.ts";
import { Rejected } from "./rejected.ts";

/** To how many games a party has agreed at most of which none has begun. */
export const MAX_AGREED = 64;

/** Where a change stands: by whom, and what the parties know of apps and deposits. */
export type Table = {
  readonly apps: readonly App[];
  readonly id: Uint8Array;
  readonly params: Params;
  readonly proposer: Side;
  readonly fundsOf: (token: Uint8Array) => Policy.Funds;
};

/** The rules of an app of this address and code, if the party plays it. */
export function rulesOf(apps: readonly App[], state: AppState.AppState): App | undefined {
  const { app, codeHash } = state;
  return apps.find((one) => Bytes.equals(one.app, app) && Bytes.equals(one.codeHash, codeHash));
}

function find(apps: readonly App[], state: AppState.AppState): App {
  const { app, codeHash } = state;
  const found = rulesOf(apps, state);
  if (found === undefined) throw new Rejected("unknown-app", [app, codeHash]);
  return found;
}

/** The change that begins a game; Rejected if the app has no such state. */
export function install(content: Content.Content, app: App, data: Uint8Array): Install {
  const nets = app.netsOf(data, netsIn(content));
  if (nets === undefined) throw new Rejected("wrong-nets", [app.app]);
  return { kind: "install", app: { app: app.app, codeHash: app.codeHash, data }, nets };
}

/** The change that moves; Rejected if the app has no such state. */
export function move(content: Content.Content, app: App, data: Uint8Array): Move {
  const nets = app.netsOf(data, netsIn(content));
  if (nets === undefined) throw new Rejected("illegal-move", [app.app]);
  return { kind: "move", data, nets };
}

/** Rejects what the rules of the app do not allow; `after` is what the change makes of `before`. */
export function check(
  table: Table,
  before: Content.Content,
  change: Change,
  after: Content.Content,
): void {
  if (change.kind === "install") return checkInstall(table, before, change.app, after);
  if (change.kind === "move") return checkMove(table, before, after);
  if (change.kind === "conclude") checkConclusion(table, before);
}

/** Rejects a game to which its other player has not agreed. */
export function checkAgreed(agreed: readonly Uint8Array[], state: AppState.AppState): void {
  const hash = AppState.hash(state);
  const isAgreed = agreed.some((one) => Bytes.equals(one, hash));
  if (!isAgreed) throw new Rejected("app-not-agreed", [hash]);
}

function checkInstall(
  { apps, proposer, fundsOf }: Table,
  before: Content.Content,
  state: AppState.AppState,
  after: Content.Content,
): void {
  const app = find(apps, state);
  const was = netsIn(before);
  const nets = app.netsOf(state.data, was);
  const became = netsIn(after);
  if (!app.mayBegin(state.data, was)) throw new Rejected("wrong-nets", [state.app, ...was]);
  if (nets === undefined || nets.some((net, index) => net !== became[index])) {
    throw new Rejected("wrong-nets", [state.app, ...became]);
  }
  became.forEach((net, index) => {
    const given = (net - (was[index] ?? 0n)) * (proposer === "A" ? 1n : -1n);
    if (given < 0n) throw new Rejected("proposer-gains", [index, -given]);
  });
  for (const bound of app.boundsOf(state.data, was)) {
    const assets = after.assets.map((asset, i) => ({ ...asset, net: bound[i] ?? asset.net }));
    Policy.checkFunds({ ...after, assets }, fundsOf);
  }
}

function checkMove(
  { apps, id, params, proposer }: Table,
  before: Content.Content,
  after: Content.Content,
): void {
  if (before.app === undefined || after.app === undefined) {
    throw new Rejected("no-app", [before.version]);
  }
  const { validTransition, app } = find(apps, before.app);
  const prev = Content.stateOf(id, before);
  const next = Content.stateOf(id, { ...after, version: before.version + 1n });
  const isAllowed = validTransition(
    ...([params, prev, before.app.data, next, after.app.data] as const),
    proposer === "B",
  );
  if (!isAllowed) throw new Rejected("illegal-move", [app, after.app.data]);
}

function checkConclusion({ apps, proposer }: Table, { app, version }: Content.Content): void {
  if (app === undefined) throw new Rejected("no-app", [version]);
  if (!find(apps, app).mayConclude(app.data, proposer))
    throw new Rejected("app-not-over", [app.app]);
}

function netsIn({ assets }: Content.Content): bigint[] {
  return assets.map(({ net }) => net);
}
