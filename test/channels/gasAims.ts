// What the acts should cost, and what others take for the same as they published it or as this project's research found.

export type Aim = { readonly gas: bigint; readonly quoted: readonly Quoted[] };

/** A figure of another project. */
export type Quoted = { readonly of: string; readonly figure: string };

/** By the name of the act. */
export const AIMS: Readonly<Record<string, Aim>> = {
  "first deposit of ether": {
    gas: 46_200n,
    quoted: [
      { of: "Perun", figure: "46,406 (45,625 as it could be compiled)" },
      { of: "Nitro", figure: "46,552" },
      { of: "Vector", figure: "168,630" },
    ],
  },
  "second deposit of ether": {
    gas: 29_100n,
    quoted: [
      { of: "Perun", figure: "28,525" },
      { of: "Vector", figure: "25,984, by plain sending" },
    ],
  },
  "first deposit of token": { gas: 71_000n, quoted: [{ of: "Nitro", figure: "68,700" }] },
  "second deposit of token": { gas: 54_000n, quoted: [{ of: "Nitro", figure: "51,700" }] },
  "both sides at once, ether": {
    gas: 63_000n,
    quoted: [{ of: "Nitro", figure: "76,076, in two transactions" }],
  },
  "both sides at once, token": {
    gas: 86_000n,
    quoted: [{ of: "Nitro", figure: "120,300, in two transactions" }],
  },
  "first withdrawal": { gas: 77_000n, quoted: [{ of: "Raiden", figure: "97,560" }] },
  "next withdrawal": { gas: 60_000n, quoted: [{ of: "Vector", figure: "84,115" }] },
  "first withdrawal of a token": { gas: 86_300n, quoted: [{ of: "Raiden", figure: "97,560" }] },
  close: { gas: 66_000n, quoted: [{ of: "Nitro", figure: "92,447" }] },
  "close, token": { gas: 75_000n, quoted: [{ of: "Nitro", figure: "98,928" }] },
  "close, two assets": { gas: 102_000n, quoted: [{ of: "Nitro", figure: "139,610" }] },
  "close, the sender's share to its vault": { gas: 61_700n, quoted: [] },
  challenge: { gas: 65_000n, quoted: [{ of: "Nitro", figure: "92,637" }] },
  respond: { gas: 48_000n, quoted: [{ of: "Nitro", figure: "54,524" }] },
  "settle from the head": { gas: 51_000n, quoted: [{ of: "Nitro", figure: "61,334" }] },
  "settle from the head, sent by a side": { gas: 51_000n, quoted: [] },
  "settle from the head, token": { gas: 60_000n, quoted: [{ of: "Nitro", figure: "69,415" }] },
  "settle by the state presented": { gas: 70_000n, quoted: [{ of: "Nitro", figure: "61,334" }] },
  reveal: { gas: 46_000n, quoted: [{ of: "Raiden", figure: "46,205" }] },
  "reveal, each of 10 at once": { gas: 26_900n, quoted: [] },
  "respond for a fee": { gas: 75_000n, quoted: [{ of: "Raiden", figure: "270,000" }] },
  "each further hash lock at settlement": {
    gas: 5_600n,
    quoted: [{ of: "Raiden", figure: "58,940" }],
  },
  deploy: { gas: 3_200_000n, quoted: [{ of: "Nitro", figure: "3,439,609" }] },
  "close, each of 10 at once": { gas: 39_000n, quoted: [] },
  "close, each of 50 at once": { gas: 37_000n, quoted: [] },
};
