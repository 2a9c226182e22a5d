// The least that a server on node:http does: it takes the request and gives the same answers to all, looking only whether it is
// a batch.
import { createServer } from "node:http";
import { assert } from "../../../src/primitives/assert.ts";

const PER_BATCH = 100;
const BATCH_BEGINS = "[".charCodeAt(0);
const HEADERS = ["content-type", "application/json"];

const answerTo = (id: number) => ({ jsonrpc: "2.0", id, result: `0x${"ab".repeat(32)}` });
const one = JSON.stringify(answerTo(1));
const batch = JSON.stringify(Array.from({ length: PER_BATCH }, (_, id) => answerTo(id)));

const server = createServer((request, response) => {
  let first: number | undefined;
  request.on("data", (chunk: Buffer) => (first ??= chunk[0]));
  request.on("end", () => {
    const body = first === BATCH_BEGINS ? batch : one;
    response.writeHead(200, [...HEADERS, "content-length", String(body.length)]);
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  assert(address !== null && typeof address === "object", "a TCP server listens on a port");
  console.log(`ready http://127.0.0.1:${address.port}`);
});
