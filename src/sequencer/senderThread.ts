// What runs on the thread that recovers senders.
import { parentPort } from "node:worker_threads";
import { assert } from "../primitives/assert.ts";
import { recoverSender } from "../protocol/transaction.ts";
import * as SenderMessage from "./senderMessage.ts";

assert(parentPort !== null, "this module runs on a thread");
const port = parentPort;

port.on("message", (message: Uint8Array | typeof SenderMessage.END) => {
  if (message === SenderMessage.END) process.exit();
  const senders = SenderMessage.decodeQuestions(message).map(recoverSender);
  const answer = SenderMessage.encodeAnswers(senders);
  port.postMessage(answer, [answer.buffer as ArrayBuffer]);
});
