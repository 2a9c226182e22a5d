// A thread that asks one thing of the chain and tells what it was answered.
import { parentPort, workerData } from "node:worker_threads";
import * as Reads from "../../src/watcher/reads.ts";

const { inbox } = Reads.ask(workerData as Reads.Line, new Uint8Array(20));
parentPort?.postMessage(inbox.lastBlock(1n));
