// All methods of the node's JSON-RPC, by name.

import type { Backend } from "../../backend.ts";
import type { Methods } from "../dispatch.ts";
import * as BlockMethods from "./blockMethods.ts";
import * as CallMethods from "./callMethods.ts";
import * as DebugMethods from "./debugMethods.ts";
import * as FeeMethods from "./feeMethods.ts";
import * as LogMethods from "./logMethods.ts";
import * as RollupMethods from "./rollupMethods.ts";
import * as SendMethods from "./sendMethods.ts";
import * as StateMethods from "./stateMethods.ts";

/** Every method of the node but those of subscriptions. */
export function create(backend: Backend): Methods {
  return {
    ...RollupMethods.create(backend),
    ...BlockMethods.create(backend),
    ...StateMethods.create(backend),
    ...CallMethods.create(backend),
    ...DebugMethods.create(backend),
    ...FeeMethods.create(backend),
    ...LogMethods.create(backend),
    ...SendMethods.create(backend),
  };
}
