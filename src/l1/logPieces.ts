// The log of many blocks, in pieces that a node answers.

/** Blocks asked for at once. Most nodes answer so many; one that answers fewer is asked for half as many again and again. */
const SPAN = 5_000n;

/**
 * What `read` finds in the blocks [from, to], the newest piece first. Throws what the node says of a single block, or of
 * the newest one if it answers nothing at all.
 */
export async function* backwards<T>(
  from: bigint,
  to: bigint,
  read: (from: bigint, to: bigint) => Promise<T>,
): AsyncGenerator<T> {
  let span = SPAN;
  let last = to;
  while (last >= from) {
    const first = last - from < span ? from : last - span + 1n;
    let piece;
    try {
      piece = await read(first, last);
    } catch (error) {
      if (first === last) throw error;
      span = (last - first + 1n) / 2n;
      continue;
    }
    yield piece;
    last = first - 1n;
  }
}
