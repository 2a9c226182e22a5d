// The scenarios that a dispute protocol has to stand, one by one: what must be so, and the tests that show it. Trees have
// 2^16 blocks of 2^26 steps, and time is in seconds.

import {
  at,
  whole,
  watcher,
  places,
  clocks,
  rivals,
  refusals,
  money,
  history,
  confirm,
  bisect,
  refine,
  chainData,
} from "./evidence.ts";
import type { Evidence } from "./evidence.ts";

export type Scenario = { readonly fact: string; readonly evidence: readonly Evidence[] };

function scenario(fact: string, ...evidence: readonly Evidence[]): Scenario {
  return { fact, evidence };
}

/** By number, from 1 on. */
export const SCENARIOS: readonly Scenario[] = [
  scenario(
    "A lie in the last block loses.",
    whole("an honest key beats a lie in the last block, at its last real step"),
    watcher("beats a lie told in the step with which the last block ends"),
  ),
  scenario(
    "A lie in the first block loses.",
    whole("an honest key beats a lie in the first block"),
    places("loses on chain where it is told in the first step of the first block"),
  ),
  scenario(
    "A lie in the step with which a block begins loses.",
    whole("an honest key beats a lie at step 0 of a block"),
    watcher("beats a lie told in the step with which the first block begins"),
  ),
  scenario(
    "A lie in the last real step of a block loses.",
    places("loses on chain where it is told in the last real step of a block"),
  ),
  scenario(
    "A lie in the padding loses: claims are about padding too, behind blocks and behind steps.",
    places(
      "loses on chain where it is told in the first padded step of a block",
      "loses on chain where it is told in the first block behind the last",
    ),
    watcher(
      "beats a lie told in the padding of a block",
      "beats a lie told in the padding behind the last block",
    ),
  ),
  scenario(
    "A lie at index 2^26 - 1 or 2^16 - 1 loses, under an even and under an odd index above it.",
    places(
      "loses on chain where it is told in the last possible step of an even block",
      "loses on chain where it is told in the last possible step of an odd block",
      "loses on chain where it is told in the last but one possible block, which is even",
      "loses on chain where it is told in the last possible block, which is odd",
    ),
  ),
  scenario(
    "A lie on either side of a power of two loses.",
    whole(
      "an honest key beats a lie at the last step before a power of two",
      "an honest key beats a lie at a power of two",
    ),
  ),
  scenario(
    "A state that is false in any field, after any instruction or halt, is not the one that the prover gives.",
    at("adversaries/corruptedStates", [
      "has another hash than the true one, after every instruction and with every field of it",
    ]),
    at("parity/instructions", [
      "are those of the machine: an undefined byte",
      "are those of the machine: underflow",
      "are those of the machine: a jump into push data",
      "are those of the machine: SSTORE out of gas",
      "cover every opcode and phase of the families",
    ]),
    at("parity/officialVectors", ["take the machine's steps in one file of 40"]),
    watcher(
      "beats a lie told in the step that multiplies",
      "beats a lie told in the step that stores",
    ),
  ),
  scenario(
    "1, 2 and 16 rivals lose on chain, and 256 in the model, with lies in one step or in many, in the time of one.",
    rivals(
      "lose on chain, 1 of them with lies told in different steps",
      "lose on chain, 2 of them with lies told in one step",
      "lose on chain, 16 of them with lies told in different steps",
      "lose on chain, 16 of them with lies told in one step",
      "lose in the model, 256 of them, in the time that one takes",
    ),
  ),
  scenario(
    "Rivals that share half of their trees share their nodes there.",
    bisect("shares a child on which both sides agree, and parts them at its sibling"),
    rivals("are opened once there: one honest answer serves against all of them"),
  ),
  scenario(
    "Several trees under one block, some true to the last step, cost the honest party no bond.",
    rivals("cost the honest party nothing: its bonds come back, and their own do not"),
    whole("an honest key beats three liars, one of whom agrees with every block"),
    at("dispute/settle", [
      "is settled by the winner, to its mover, and the false tree's bond is taken",
    ]),
  ),
  scenario(
    "Who makes the honest moves first and then stops keeps nothing from the honest party.",
    clocks(
      "that stops after 1 honest moves keeps nothing from the honest party",
      "that stops after 43 honest moves keeps nothing from the honest party",
    ),
    chainData("wins although a liar makes the honest moves first and then stops"),
  ),
  scenario(
    "An adversary's correct bisection of an honest node is the honest move.",
    bisect("changes nothing when it is repeated"),
    chainData("asks for nothing that is already done, by whomever"),
    refusals(
      "changes nothing in any storage when a stranger repeats it, throughout a whole dispute",
    ),
  ),
  scenario(
    "A lie that was alone for T - 1 is not confirmed, for T and T + 1 it is; answers need time of their own.",
    clocks(
      "is not confirmed where the truth is claimed at T - 1",
      "is confirmed where the truth is claimed at T",
      "is confirmed where the truth is claimed at T + 1",
      "needs one more unanswered second where the truth is claimed at T - 1: T has to leave time for answers",
      "loses where the truth is claimed a timeout less all answers after it",
    ),
  ),
  scenario(
    "A liar that falls silent at any depth loses on time.",
    at("dispute/adversaries", ["loses after 0 answers", "loses after 6 answers"]),
    clocks("loses after 17 moves, on time", "loses after 44 moves, on time"),
  ),
  scenario(
    "Answers at the last moment of each clock delay the truth by a timeout and a latency each.",
    clocks(
      "holds the truth up for no more than a timeout and the latency of each answer",
      "gains nothing from stalling on chain, at any of its answers",
    ),
  ),
  scenario(
    "Censorship for Cmax in all delays the truth within the bound, whenever it is spent and on whatever.",
    clocks(
      "with all of its budget spent at the start holds the truth up within the proven bound",
      "with all of its budget spent at the end holds the truth up within the proven bound",
      "with all of its budget spent spread over the answers holds the truth up within the proven bound",
      "with all of its budget spent on timer updates alone holds the truth up within the proven bound",
    ),
  ),
  scenario(
    "Censorship beyond that confirms a lie.",
    clocks(
      "over its budget by what the parameters set aside confirms a lie: nothing is promised there",
    ),
  ),
  scenario(
    "Of rivals created in one block neither counts time, whichever is first.",
    confirm(
      "are rivals from the second one's block on: in the same block neither counts time, the lie first",
      "are rivals from the second one's block on: in the same block neither counts time, the truth first",
    ),
  ),
  scenario(
    "Timer updates in any order, in batches, repeated, before and after there are rivals, raise no false timer.",
    clocks(
      "raises no false timer on chain, by updates in any order, before and after there are rivals",
    ),
    at("dispute/update", [
      "never lowers a timer, in whatever order and how often nodes are updated",
      "takes a tree's own time only as long as it is alone",
    ]),
  ),
  scenario(
    "A claim is not confirmed a second before its timeout.",
    confirm("is confirmed by anyone once the timeout has passed, not a second earlier"),
  ),
  scenario(
    "A false claim is not confirmed by the time of an undisputed left half while its right half is disproved.",
    clocks(
      "is not confirmed by the time of that half, however long, once its right half is disproved",
    ),
  ),
  scenario(
    "A claim is confirmed once, no sibling after it, and no child before it.",
    confirm(
      "is confirmed once: again changes nothing",
      "exclude each other: the sibling of a confirmed claim is never confirmed",
      "are confirmed in order",
      "are never confirmed on a claim that lost",
    ),
  ),
  scenario(
    "A refinement needs a rivaled leaf of blocks, its own start state and last leaf, and its own claim.",
    refine(
      "needs a rival of the leaf",
      "refuses a node that is not a leaf",
      "refuses a leaf of a level-1 tree",
      "needs the state before the block",
      "refuses a tree whose last leaf is another state",
    ),
    refusals("is refused: a leaf is known only under the claim that its tree follows"),
  ),
  scenario(
    "A bisection needs a rivaled node above the leaves and its two halves, and is made once.",
    bisect(
      "needs a rival",
      "refuses a leaf, even one that hashes two children",
      "needs a node with these children",
      "changes nothing when it is repeated",
    ),
  ),
  scenario(
    "No witness but the right one proves anything: cut, padded, changed byte by byte, or of another state.",
    at("parity/mutations", [
      "of the machine and the frame are refused with a byte changed, or cut",
    ]),
    at("parity/callMutations", ["are refused by the prover of another family, by name"]),
    at("parity/blocks", ["refuse any other witness, or give the same successor"]),
    at("parity/entryTransaction", ["are refused or not alike for any RLP"]),
    at("dispute/prove", ["refuses a witness of another state"]),
  ),
  scenario(
    "A valid proof of one dispute proves nothing in another, at another level or place.",
    refusals("proves nothing in another one, at another level, or at another place"),
  ),
  scenario(
    "Every step is proven within 14,000,000 gas and 120,000 bytes, on an L1 with its caps on.",
    at("parity/instructions", ["stay below the limits of an L1 transaction"]),
    at("parity/calls", ["stay below the limits of an L1 transaction"]),
    at("parity/worstInstructions", ["stay below the limits of an L1 transaction"]),
    at("parity/blocks", [
      "can be proven within 14,000,000 gas and 120,000 bytes when entries are at their largest",
    ]),
  ),
  scenario(
    "A proof with too little gas for its precompile reverts and proves no failure.",
    at("parity/starvation", [
      "never prove that an authorization is nobody's",
      "say that they lack gas before they call",
    ]),
  ),
  scenario(
    "A receiver that reverts, re-enters, or answers with a megabyte harms nobody else.",
    at("dispute/settle", [
      "leaves the credit in place where the receiver refuses it",
      "pays a proposer that re-enters nothing, until it asks for another address",
    ]),
    money(
      "that answers with a megabyte is paid and keeps nobody else from being paid",
      "that refuses with a megabyte takes nothing and keeps nobody else from being paid",
      "that sends ether to the game without a call changes nobody's credit, pot or bond",
    ),
  ),
  scenario(
    "Who disputes with itself loses at least half of a claim's bond.",
    money(
      "that plays both sides alone loses at least half of what its lie put up",
      "leaves the honest party no worse off than its gas",
    ),
    at("dispute/reward", [
      "never exceed half of the lost bonds: who plays both sides loses the other half",
    ]),
  ),
  scenario(
    "Rewards are paid once, to recorded movers, within the lost halves; an empty pot pays nothing.",
    money(
      "are paid once for each move, whoever asks and in whatever parts, and never beyond the lost halves",
      "that a front-runner takes for honest moves leave the honest party with all of its bonds",
    ),
    at("dispute/reward", ["pay nothing from an empty pot"]),
  ),
  scenario(
    "At twice the base fee that bonds are sized for, a false claim still costs twice what it makes others spend.",
    money(
      "is paid to movers as the capped one",
      "leaves a false claim dearer than twice what its honest answers cost, with the dearest step that fits L1",
    ),
  ),
  scenario(
    "An L1 that takes back moves and orders them anew keeps the truth from nothing, at any stage.",
    history(
      "and puts the moves back in another order, by another hand, keeps the truth from nothing",
    ),
    watcher("goes on when L1 takes moves back"),
  ),
  scenario(
    "What is posted between two rival claims changes neither's range.",
    refusals("changes no range: siblings end where the first one ends, whatever was posted since"),
    at("dispute/propose", ["refuses a claim made on another history of the inbox"]),
  ),
  scenario(
    "No block has more steps than a tree has leaves.",
    at("machine/stepBound", [
      "holds for whole transactions that take as many steps as they can",
      "makes a block shorter than the first level of a dispute",
    ]),
  ),
  scenario(
    "A claim of no blocks or of more than 2^16 is refused, one of 2^16 is disputed, and the rest waits for the next.",
    at("dispute/propose", [
      "refuses an empty range",
      "refuses more blocks than the tree has leaves",
    ]),
    places(
      "loses on chain where it is told in the last of 2^16 blocks, behind which there is no padding",
    ),
    at("watcher/propose", ["for no more blocks than a claim can hold"]),
  ),
  scenario(
    "Entries that are no transactions are passed over by a rule that is disputed like any step.",
    at("adversaries/skippedEntries", ["is disproved by the step that passes over it"]),
    at("machine/block", ["passes over what is no transaction, and what may not run"]),
  ),
  scenario(
    "An honest party that starts anew in the middle of a dispute goes on from L1's log alone.",
    history("wins on chain, and gets its bonds back, with nothing but the log of L1"),
    watcher("goes on where a process that is gone left off"),
    chainData("is continued by the same moves"),
  ),
  scenario(
    "Two honest parties that race lose no bond.",
    chainData("loses no bond where two honest parties race"),
    watcher("loses nothing when another one makes the same moves"),
    refine("refuses a tree that is already there, whoever made it"),
  ),
  scenario(
    "Claims on claims are disputed at the same time and confirmed in their order.",
    rivals("is won at every link at once, and confirmed in its order"),
    at("dispute/adversaries", [
      "are won with one key, and the child is confirmed after its parent",
      "end for the children of a lie with the lie",
    ]),
  ),
  scenario(
    "Ten thousand nodes of spam cost the honest party no look more.",
    at("adversaries/spam", [
      "cost the strategy no more looks than the first two did, while it answers",
      "cost it no more when the answers are given and the clock has run",
      "cost a party that counts its bonds, or asks for them, no more",
      "is read once: a turn asks L1 for what is new, however much was read before",
    ]),
  ),
  scenario(
    "Whatever adversaries do, no lie is confirmed, the truth is in time, and the contract holds what it owes.",
    at("adversaries/fuzz", [
      "confirm no lie and hold nothing up beyond the bound in the model, in 25 games",
      "do the same to the contract, which holds what it owes after every turn, in 2 games",
    ]),
  ),
];
