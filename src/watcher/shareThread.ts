// The module of a thread that commits to its share of a block.
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../primitives/assert.ts";
import * as Share from "./share.ts";

const parent = parentPort;
assert(parent !== null, "a thread has a parent");
const tell = (committed: Share.Committed) => parent.postMessage(committed);
try {
  Share.commit(workerData as Share.Share, tell);
} catch (error) {
  tell({ failure: String(error) });
}
