// What runs on the thread that recovers senders.
import { parentPort } from "node:worker_threads";
import { recoverSender } from "../protocol/transaction.ts";
import * as SenderMessage from "./senderMessage.ts";

parentPort?.on("message", (message: Uint8Array) => {
  const senders = SenderMessage.decodeQuestions(message).map(recoverSender);
  const answer = SenderMessage.encodeAnswers(senders);
  parentPort?.postMessage(answer, [answer.buffer as ArrayBuffer]);
});
