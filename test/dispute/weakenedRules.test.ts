// Each rule of the game, weakened once: the model checker finds the play that the rule is there to prevent.
import { expect } from "chai";
import { check, type Weakening } from "./weakening.ts";

type Case = Weakening & {
  readonly title: string;
  readonly options: readonly string[];
  readonly violation: string;
};

const TINY = ["--heights", "1,1", "--scope", "every"];
const ALONE = ["--heights", "1,1", "--scope", "alone", "--limit", "2"];
const LIARS = ["--heights", "1,1", "--scope", "liars"];

const RIVALS = ["--heights", "1,1", "--scope", "rivals", "--rivals", "2"];

const PAYMENTS = ["--heights", "1,1", "--scope", "payments"];

const FALSE_CONFIRMED = "a false claim is confirmed";
const SHARED = "two rivals share more time than has passed";
const OWED = "the balance is not what is owed";

const CASES: readonly Case[] = [
  {
    title: "time that goes on for the first after a rival arrives",
    file: "src/dispute/clock.ts",
    rule: "cohort.members.length > 1 ? cohort.secondAt : now",
    instead: "now",
    options: LIARS,
    violation: SHARED,
  },
  {
    title: "time that stops anew for every later rival",
    file: "src/dispute/disputeTree.ts",
    rule: "count === 1 ? now : cohort.secondAt",
    instead: "count >= 1 ? now : cohort.secondAt",
    options: [...LIARS, "--rivals", "2"],
    violation: SHARED,
  },
  {
    title: "a timer that takes the stronger half",
    file: "src/dispute/reward.ts",
    rule: "if (right < sum) sum = right;",
    instead: "if (right > sum) sum = right;",
    options: TINY,
    violation: "a recorded timer is too high",
  },
  {
    title: "nodes that are opened before they have a rival",
    file: "src/dispute/disputeTree.ts",
    rule: 'if (!isRivaled(tree, node)) throw new MoveRejected("NotRivaled", [node.id]);\n  return true;',
    instead: "return true;",
    options: [...TINY, "--censorship", "3"],
    violation: SHARED,
  },
  {
    title: "trees of steps that end in another state than their block",
    file: "src/dispute/disputeTree.ts",
    rule: 'if (!Bytes.equals(folded, root)) throw new MoveRejected("WrongLastLeaf", [root, folded]);',
    instead: "",
    options: TINY,
    violation: "a recorded timer stays too low",
  },
  {
    title: "trees of steps that start from an invented state",
    file: "src/dispute/bisection.ts",
    rule: "if (!Bytes.equals(pre.state, startState)) {",
    instead: "if (pre.state.length === 0) {",
    options: TINY,
    violation: "a node follows a state that nobody claims",
  },
  {
    title: "a prefix that does not name the left sibling",
    file: "src/dispute/bisection.ts",
    rule: "commit(TAG_PREFIX, prefix, left)",
    instead: "commit(TAG_PREFIX, prefix, left.slice(0, 0).length)",
    options: LIARS,
    violation: "rivals differ in what was before",
  },
  {
    title: "a prefix that is not chained",
    file: "src/dispute/bisection.ts",
    rule: "commit(TAG_PREFIX, prefix, left)",
    instead: "commit(TAG_PREFIX, ZERO, left)",
    options: ["--heights", "1,2"],
    violation: "rivals differ in what was before",
  },
  {
    title: "a prefix that is not chained, for all stories at once",
    file: "src/dispute/bisection.ts",
    rule: "commit(TAG_PREFIX, prefix, left)",
    instead: "commit(TAG_PREFIX, ZERO, left)",
    options: ["--heights", "1,2", "--scope", "proofs"],
    violation: "rivals differ in what was before",
  },
  {
    title: "a proof of a leaf that is not the successor",
    file: "src/dispute/disputeGame.ts",
    rule: "if (!Bytes.equals(expected, nodeHash)) {",
    instead: "if (expected.length === 0) {",
    options: TINY,
    violation: "two leaves of a cohort are proven",
  },
  {
    title: "a leaf that takes the timer of another leaf's tree",
    file: "src/dispute/reward.ts",
    rule: "if (refined === undefined || !Bytes.equals(refined, id)) return timer;",
    instead: "if (refined === undefined) return timer;",
    options: TINY,
    violation: "a recorded timer is too high",
  },
  {
    title: "confirmation beside a confirmed sibling",
    file: "src/dispute/disputeGame.ts",
    rule: 'if (cohort.confirmedAt !== 0n) throw new MoveRejected("SiblingConfirmed", [parent]);\n\n  const baseFee',
    instead: "const baseFee",
    options: ALONE,
    violation: "two nodes of a cohort are confirmed",
  },
  {
    title: "confirmation before the time",
    file: "src/dispute/reward.ts",
    rule: 'if (timer < timeout) throw new MoveRejected("TimerTooShort", [id, timeout, timer]);',
    instead: "",
    options: TINY,
    violation: FALSE_CONFIRMED,
  },
  {
    title: "a claim made twice",
    file: "src/dispute/disputeGame.ts",
    rule: 'if (tree.nodes.has(Hex.key(id))) throw new MoveRejected("NodeExists", [id]);\n  return { kind: "Proposed"',
    instead: 'return { kind: "Proposed"',
    options: TINY,
    violation: OWED,
  },
  {
    title: "a tree of steps whose bond is returned twice",
    file: "src/dispute/disputeGame.ts",
    rule: `if (Game.isConfirmed(game, id)) return [];
  const { confirmedAt } = DisputeTree.cohortOf(tree, Bisection.cohortId(steps));
  if (confirmedAt !== 0n) throw new MoveRejected("AlreadySettled", [id]);`,
    instead: "",
    options: LIARS,
    violation: OWED,
  },
  {
    title: "winners' bonds that are forfeited with the others",
    file: "src/dispute/reward.ts",
    rule: "const lost = bond * BigInt(members.length - 1);",
    instead: "const lost = bond * BigInt(members.length);",
    options: LIARS,
    violation: OWED,
  },
  {
    title: "a reward that is paid beyond the pot",
    file: "src/dispute/reward.ts",
    rule: "if (walk.pot < amount) return false;",
    instead: "",
    options: LIARS,
    violation: "a pot is overdrawn",
  },
  {
    title: "confirmation beside a confirmed sibling, in every payment",
    file: "src/dispute/disputeGame.ts",
    rule: 'if (cohort.confirmedAt !== 0n) throw new MoveRejected("SiblingConfirmed", [parent]);\n\n  const baseFee',
    instead: "const baseFee",
    options: PAYMENTS,
    violation: "a cohort is decided twice",
  },
  {
    title: "claims that join a decided cohort",
    file: "src/dispute/disputeGame.ts",
    rule: 'if (cohort.confirmedAt !== 0n) throw new MoveRejected("SiblingConfirmed", [parent.id]);',
    instead: "",
    options: PAYMENTS,
    violation: "a decided cohort takes a member",
  },
  {
    title: "trees that join a decided cohort",
    file: "src/dispute/disputeTree.ts",
    rule: 'if (cohortOf(tree, cohortId).confirmedAt !== 0n) throw new MoveRejected("AlreadySettled", [id]);',
    instead: "",
    options: PAYMENTS,
    violation: "a decided cohort takes a member",
  },
  {
    title: "a second tree of a cohort that is settled",
    file: "src/dispute/disputeGame.ts",
    rule: 'if (confirmedAt !== 0n) throw new MoveRejected("AlreadySettled", [id]);',
    instead: "",
    options: PAYMENTS,
    violation: "a cohort is decided twice",
  },
  {
    title: "moves that are paid again",
    file: "src/dispute/reward.ts",
    rule: "if (Bisection.isRight(position.index, 0) && !Clock.has(node, Clock.REWARDED)) {",
    instead: "if (Bisection.isRight(position.index, 0)) {",
    options: PAYMENTS,
    violation: "a payment is made twice",
  },
  {
    title: "proofs that are paid again",
    file: "src/dispute/reward.ts",
    rule: "if (isStep && DisputeTree.isRivaled(tree, node) && !Clock.has(node, Clock.PROOF_REWARDED)) {",
    instead: "if (isStep && DisputeTree.isRivaled(tree, node)) {",
    options: PAYMENTS,
    violation: "a payment is made twice",
  },
  {
    title: "a pot that gets the burned half too",
    file: "src/dispute/reward.ts",
    rule: "const pooled = lost / 2n;",
    instead: "const pooled = lost;",
    options: PAYMENTS,
    violation: OWED,
  },
  {
    title: "a timer that pays the moves it comes past",
    file: "src/dispute/disputeGame.ts",
    rule: "const walk = walkOf(game, position.origin, 2);",
    instead:
      "const paying = walkOf(game, position.origin, 1);\n  Reward.follow(game, paying, position, nodeHash, openings);\n  for (const event of paying.rewards) Game.write(game, event);\n  const walk = walkOf(game, position.origin, 2);",
    options: PAYMENTS,
    violation: "a timer moves money",
  },
  // The plays by numbers have rules of their own: these are theirs, weakened.
  {
    title: "nodes that are opened before they have a rival, by numbers",
    file: "scripts/modelCheck/rivalTimes.ts",
    rule: "if (state[node] !== PRESENT || !isRivaled(way, state, node)) continue;",
    instead: "if (state[node] !== PRESENT) continue;",
    options: RIVALS,
    violation: SHARED,
  },
  {
    title: "time that goes on after a rival arrives, by numbers",
    file: "scripts/modelCheck/rivalTimes.ts",
    rule: "if (state[node] === ABSENT || isRivaled(way, state, node)) return;",
    instead: "if (state[node] === ABSENT) return;",
    options: RIVALS,
    violation: SHARED,
  },
];

describe("weakened rules", function () {
  this.timeout(120_000);
  for (const { title, options, violation, ...weakening } of CASES) {
    it(`the model checker finds what is wrong with ${title}`, async () => {
      const found = await check(weakening, options);
      expect(found.violation).to.include(violation);
    });
  }
});
