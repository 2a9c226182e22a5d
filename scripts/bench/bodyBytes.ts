// What a transaction of L2 takes in a posted body, and its share of the batch's gas on L1.
import { assert } from "../../src/primitives/assert.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import { MAX_BODY_BYTES } from "../../src/protocol/limits.ts";
import { deployRollup } from "../../test/harness/deployment.ts";
import type { Topic } from "./report.ts";
import { count, table } from "./table.ts";
import * as Workload from "./workload.ts";

const ENOUGH = 1_200;

export const bodyBytes: Topic = {
  name: "bodies",
  title: "Bytes of an L2 transaction",
  measure: async (say) => {
    const rows: string[][] = [];
    for (const kind of Workload.KINDS) {
      const transactions = Workload.sign(kind, ENOUGH).map(Hex.toBytes);
      const { body, taken } = fill(transactions);
      const gas = await postingGas(body);
      const bytes = (body.length / taken).toFixed(1);
      rows.push([
        kind,
        bytes,
        count(taken),
        count(body.length),
        count(gas),
        count(gas / BigInt(taken)),
      ]);
      say(kind);
    }
    const head = [
      "transfer of",
      "bytes each",
      "in one body",
      "body bytes",
      "L1 gas",
      "L1 gas each",
    ];
    return [
      table(head, rows),
      [
        "Signed type 2 transactions to new recipients, entry heads included, one full block to a body. Codec 0 stores them as they",
        "are: a step must be able to open any of them by a few pieces. This project's research has 90 bytes for ether and 88 for",
        "ERC-20 with columns and brotli, of which 64 are the signature.",
      ].join("\n"),
    ].join("\n\n");
  },
};

function fill(transactions: readonly Uint8Array[]) {
  let taken = 0;
  let size = Body.BLOCK_HEAD_BYTES;
  for (const { length } of transactions) {
    if (size + Body.ENTRY_HEAD_BYTES + length > MAX_BODY_BYTES) break;
    size += Body.ENTRY_HEAD_BYTES + length;
    taken++;
  }
  assert(taken < transactions.length, "there are transactions enough for a full body");
  const block = { timestamp: 1_800_000_000n, transactions: transactions.slice(0, taken) };
  return { body: Body.encode([block]), taken };
}

// The second batch of an inbox: the first writes to slots that every later one reuses.
async function postingGas(body: Uint8Array): Promise<bigint> {
  const { ethers, inbox, sequencer } = await deployRollup();
  const post = inbox.connect(sequencer).getFunction("post");
  let gas = 0n;
  for (const bytes of [new Uint8Array(1), body]) {
    const posted: bigint = await inbox.getFunction("batchCount").staticCall();
    const previous: string = await inbox.getFunction("accumulator").staticCall(posted);
    const origin = await ethers.provider.getBlockNumber();
    const fields = [previous, 1n, origin, 0n, Hex.fromBytes(bytes)];
    const sent = await post.send(...fields, { gasLimit: 16_777_216n });
    const receipt = await sent.wait();
    assert(receipt !== null, "automine leaves a receipt");
    gas = receipt.gasUsed;
  }
  return gas;
}
