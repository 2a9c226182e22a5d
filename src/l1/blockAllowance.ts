// How many blocks the inbox takes now. It lets one in two seconds through in the long run; who made more has to wait.
import { SECONDS_PER_BLOCK } from "../protocol/limits.ts";
import * as Abi from "./abi.ts";
import type { Contracts } from "./contracts.ts";
import { sleep, untilItReads, type Retry } from "./retry.ts";
import type { L1Client } from "./send.ts";

const SECOND_MS = 1_000;

/** Resolves once the inbox takes a batch of so many blocks, at most 65,536; at once, unless many were posted lately. */
export async function untilAllowed(
  client: L1Client,
  { inbox }: Contracts,
  blocks: bigint,
  retry: Retry,
): Promise<void> {
  for (;;) {
    const allowed = await untilItReads("read how many blocks the inbox takes", retry, () =>
      client.readContract({ address: inbox, abi: Abi.INBOX, functionName: "blockAllowance" }),
    );
    if (allowed >= blocks) return;
    const seconds = (blocks - allowed) * SECONDS_PER_BLOCK;
    retry.say(`the inbox takes ${allowed} blocks now: a batch of ${blocks} waits for ${seconds} s`);
    await sleep(Number(seconds) * SECOND_MS, retry.signal);
  }
}
