// Witnesses on trial: the true provers on an L1 with every limit on, asked about many witnesses at once.
import hre from "hardhat";
import { decodeFunctionResult, encodeFunctionData, toFunctionSelector } from "viem";
import type { Abi, AbiFunction } from "viem";
import * as Family from "../../src/machine/family.ts";
import * as Hex from "../../src/primitives/hex.ts";
import type * as L2Chain from "../../test/harness/l2Chain.ts";
import * as Provers from "../conformance/provers.ts";
import { Courts } from "./courts.ts";
import type { TrueStep } from "./recording.ts";

/** What a prover is asked: a state and a witness, and where in which claim they stand. */
export type Claim = {
  readonly state: Hex.Hex;
  readonly witness: Uint8Array;
  readonly index: bigint;
  readonly endBlock: bigint;
  /** The one step that the state has, if it is another than the one that the claim was made of. */
  readonly own?: TrueStep;
  /** A claim that must be refused if this one is; set where it is not known whether either has to be. */
  readonly control?: Claim;
};

export type Answer =
  | { readonly type: "successor"; readonly state: Hex.Hex; readonly gas: number }
  /** The error's name, with its code for a Panic; "no data" where gas ran out. */
  | { readonly type: "reverted"; readonly error: string };

export type Trial = {
  /** The answers to claims that were made from a true step, in their order. */
  readonly judge: (step: TrueStep, claims: readonly Claim[]) => Promise<Answer[]>;
  readonly close: () => Promise<void>;
};

/** The names of errors by their selectors. */
type ErrorNames = ReadonlyMap<string, string>;
type Given = { isSuccessor: boolean; selector: Hex.Hex; word: Hex.Hex; gas: bigint };

/** What is left of the cap behind the calldata of a call with one witness. */
const MOST_GAS = 14_500_000n;
/** A wrong witness rarely takes more than the true one; if it does, it gets all gas on its own. */
const SPARE_GAS = 150_000n;
const CALL_BYTES = 90_000;
/** What a claim takes in a call beside its witness. */
const CLAIM_BYTES = 256;
// A network keeps something of every call, so that it is renewed; a campaign stays below 2 GB.
const CALLS_PER_NETWORK = 400;
const NO_DATA = "0x00000000";
/** The name of a family. */
export function familyName(family: number): string {
  return Family.NAMES[family] ?? `family ${family}`;
}

/** Deploys the provers; routers follow when a step of their fork and chain is judged. */
export async function open(chains: ReadonlyMap<string, L2Chain.L2Chain>): Promise<Trial> {
  const errors = await errorNames();
  let session = await Session.open(chains, errors);
  return {
    judge: async (step, claims) => {
      if (session.calls > CALLS_PER_NETWORK) {
        await session.close();
        session = await Session.open(chains, errors);
      }
      const given = await session.judge(step, claims);
      return given.map((answer) => answerOf(errors, answer));
    },
    close: () => session.close(),
  };
}

class Session {
  calls = 0;
  readonly #connection: Provers.Connection;
  readonly #courts: Courts;
  readonly #trial: string;
  readonly #abi: Abi;
  readonly #errors: ErrorNames;
  readonly #gas = new Map<string, bigint>();

  private constructor(
    connection: Provers.Connection,
    courts: Courts,
    trial: string,
    abi: Abi,
    errors: ErrorNames,
  ) {
    this.#errors = errors;
    this.#connection = connection;
    this.#courts = courts;
    this.#trial = trial;
    this.#abi = abi;
  }

  static async open(
    chains: ReadonlyMap<string, L2Chain.L2Chain>,
    errors: ErrorNames,
  ): Promise<Session> {
    const connection = await hre.network.create("l1");
    const courts = await Courts.open(connection, chains);
    const trial = await Provers.deploy(connection, "WitnessTrial");
    const { abi } = await Provers.compiled("WitnessTrial");
    return new Session(connection, courts, trial, abi, errors);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async judge(step: TrueStep, claims: readonly Claim[]): Promise<Given[]> {
    const router = await this.#courts.routerOf(step.court);
    const gas = await this.#gasOf(router, step);
    const answers: Given[] = [];
    while (answers.length < claims.length) {
      const batch = batchOf(claims.slice(answers.length));
      answers.push(...(await this.#ask(router, step, batch, gas)));
    }
    for (const [i, one] of claims.entries()) {
      const answer = answers[i];
      if (answer === undefined || !isWithoutData(answer) || gas === MOST_GAS) continue;
      const [alone] = await this.#ask(router, step, [one], MOST_GAS);
      if (alone !== undefined) answers[i] = alone;
    }
    return answers;
  }

  // What the true witness takes, and some more; it must be accepted.
  async #gasOf(router: string, step: TrueStep): Promise<bigint> {
    const key = `${step.court.chain} ${step.before} ${step.index}`;
    const known = this.#gas.get(key);
    if (known !== undefined) return known;
    const [answer] = await this.#ask(router, step, [claimOf(step)], MOST_GAS);
    if (answer === undefined) throw new NoAnswerError(step);
    if (!answer.isSuccessor || answer.word !== step.after)
      throw new TrueStepRefusedError(step, answerOf(this.#errors, answer));
    const spare = (answer.gas * 5n) / 4n + SPARE_GAS;
    const gas = spare < MOST_GAS ? spare : MOST_GAS;
    this.#gas.set(key, gas);
    return gas;
  }

  // The answers may be fewer than were asked for.
  async #ask(
    router: string,
    step: TrueStep,
    batch: readonly Claim[],
    gas: bigint,
  ): Promise<Given[]> {
    const claims = batch.map(({ endBlock, index, state, witness }) => {
      return { endBlock, index, state, witness: Hex.fromBytes(witness) };
    });
    const data = encodeFunctionData({
      abi: this.#abi,
      functionName: "judge",
      args: [router, claims, gas],
    });
    const call = { to: this.#trial, data, gas: Hex.fromBigInt(Provers.TRANSACTION_GAS_CAP) };
    this.calls++;
    const answered = await Provers.request<Hex.Hex>(this.#connection, "eth_call", [call, "latest"]);
    const answers = decodeFunctionResult({
      abi: this.#abi,
      functionName: "judge",
      data: answered,
    }) as readonly Given[];
    if (answers.length === 0) throw new NoAnswerError(step);
    return [...answers];
  }
}

/** The claim that a true step is. */
export function claimOf({ before, witness, index, endBlock }: TrueStep): Claim {
  return { state: before, witness, index, endBlock };
}

// As many from the front as one call may carry.
function batchOf(claims: readonly Claim[]): Claim[] {
  const batch: Claim[] = [];
  let bytes = 0;
  for (const claim of claims) {
    bytes += claim.witness.length + CLAIM_BYTES;
    if (bytes > CALL_BYTES && batch.length > 0) break;
    batch.push(claim);
  }
  return batch;
}

function isWithoutData({ isSuccessor, selector }: Given): boolean {
  return !isSuccessor && selector === NO_DATA;
}

const PANIC = "0x4e487b71";

function answerOf(errors: ErrorNames, given: Given): Answer {
  const { isSuccessor, selector, word, gas } = given;
  if (isSuccessor) return { type: "successor", state: word, gas: Number(gas) };
  if (selector === NO_DATA) return { type: "reverted", error: "no data" };
  if (selector === PANIC) return { type: "reverted", error: `Panic(${BigInt(word)})` };
  return { type: "reverted", error: errors.get(selector) ?? selector };
}

async function errorNames(): Promise<ErrorNames> {
  const names = new Map<string, string>();
  for (const contract of Family.NAMES.map((name) => `${name}Prover`)) {
    const { abi } = await Provers.compiled(contract);
    for (const item of abi) if (item.type === "error") names.set(selectorOf(item), item.name);
  }
  const { abi } = await Provers.compiled("OneStepProver");
  for (const item of abi) if (item.type === "error") names.set(selectorOf(item), item.name);
  return names;
}

// An error's selector is that of a function with its name and parameters.
function selectorOf({ name, inputs }: Pick<AbiFunction, "name" | "inputs">): string {
  const signature = {
    type: "function",
    name,
    inputs,
    outputs: [],
    stateMutability: "view",
  } as const;
  return toFunctionSelector(signature);
}

export class TrueStepRefusedError extends Error {
  override readonly name = "Trial.TrueStepRefusedError";
  readonly step: TrueStep;
  readonly answer: Answer;
  constructor(step: TrueStep, answer: Answer) {
    const shown = answer.type === "reverted" ? answer.error : answer.state;
    super(`the true witness of ${step.kind} in ${step.run} gives ${shown} for ${step.after}`);
    this.step = step;
    this.answer = answer;
  }
}

export class NoAnswerError extends Error {
  override readonly name = "Trial.NoAnswerError";
  constructor({ kind, run }: TrueStep) {
    super(`the gas of one transaction is not enough to ask about ${kind} in ${run}`);
  }
}
