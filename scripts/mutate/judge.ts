// Mutants before the cases that reach them, on an in-process L1 whose provers can be exchanged.
import hre from "hardhat";
import { decodeFunctionResult, encodeFunctionData, type Abi } from "viem";
import * as Hex from "../../src/primitives/hex.ts";
import type * as L2Chain from "../../test/harness/l2Chain.ts";
import { Courts } from "../attack/courts.ts";
import * as Provers from "../conformance/provers.ts";
import type { Case } from "./cases.ts";
import * as Mutants from "./mutants.ts";

/** A case with what the provers say to it. */
export type Known = Case & {
  readonly router: string;
  /** What the true provers answer; undefined if they refuse. */
  readonly word: string | undefined;
  readonly gas: bigint;
  /** The instructions of the contract that it runs. */
  readonly pcs: ReadonlySet<number>;
};

type Given = { isSuccessor: boolean; selector: Hex.Hex; word: Hex.Hex; gas: bigint };
type StructLog = { readonly pc: number; readonly depth: number };

const MOST_GAS = 60_000_000n;
const SPARE_GAS = 150_000n;
const CALL_GAS = 1_000_000_000n;
const BLOCK_GAS = 1_000_000_000_000n;
const FIRST_BATCH = 3;
const LATER_BATCH = 24;
/** At which depth of calls the router runs; the prover runs below it. */
const ROUTER_DEPTH = 1;

export class Judge {
  readonly #connection: Provers.Connection;
  readonly #courts: Courts;
  readonly #trial: string;
  readonly #abi: Abi;

  private constructor(connection: Provers.Connection, courts: Courts, trial: string, abi: Abi) {
    this.#connection = connection;
    this.#courts = courts;
    this.#trial = trial;
    this.#abi = abi;
  }

  /** Deploys everything, on an L1 whose calls may take any gas. */
  static async open(chains: ReadonlyMap<string, L2Chain.L2Chain>): Promise<Judge> {
    const override = { transactionGasCap: false as const, blockGasLimit: BLOCK_GAS };
    const connection = await hre.network.create({ network: "l1", override });
    const courts = await Courts.open(connection, chains);
    const trial = await Provers.deploy(connection, "WitnessTrial");
    const { abi } = await Provers.compiled("WitnessTrial");
    return new Judge(connection, courts, trial, abi);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Asks the true provers, and notes which instructions of the family's prover, or of the router, they run. */
  async know(one: Case, family: number | undefined): Promise<Known> {
    const router = await this.#courts.routerOf(one.court);
    const [given] = await this.#ask(router, [one], MOST_GAS);
    if (given === undefined) throw new NoAnswerError(one.kind);
    const word = given.isSuccessor ? given.word : undefined;
    if (one.after !== undefined && word !== one.after) throw new UntrueCaseError(one.kind);
    const depth = family === undefined ? ROUTER_DEPTH : ROUTER_DEPTH + 1;
    const isAsked = family === undefined || one.claim.witness[0] === family;
    const pcs = isAsked ? await this.#trace(router, one, depth) : new Set<number>();
    return { ...one, router, word, gas: (given.gas * 5n) / 4n + SPARE_GAS, pcs };
  }

  /** The code of a family's prover; of the router if there is none. */
  async code(family: number | undefined): Promise<Uint8Array> {
    const [address] = this.#addresses(family);
    return this.#codeAt(address ?? "");
  }

  /** The first case to which a mutant has another answer; undefined if it has none, or does not fit in its place. */
  async firstDifference(
    family: number | undefined,
    mutant: Mutants.Mutant,
    cases: readonly Known[],
  ): Promise<Known | "no room" | undefined> {
    const own: [string, Uint8Array][] = [];
    for (const address of this.#addresses(family)) own.push([address, await this.#codeAt(address)]);
    try {
      for (const [address, code] of own) {
        const mutated = Mutants.apply(code, mutant);
        if (mutated === undefined) return "no room";
        await this.#setCode(address, mutated);
      }
      return await this.#differing(cases);
    } finally {
      for (const [address, code] of own) await this.#setCode(address, code);
    }
  }

  async #differing(cases: readonly Known[]): Promise<Known | undefined> {
    for (let from = 0; from < cases.length;) {
      const to = from + (from === 0 ? FIRST_BATCH : LATER_BATCH);
      const batch = cases.slice(from, to);
      for (const [router, group] of Map.groupBy(batch, (one) => one.router)) {
        const gas = group.reduce((most, one) => (one.gas > most ? one.gas : most), 0n);
        const answers = await this.#ask(router, group, gas);
        const at = group.findIndex(({ word }, i) => {
          const answer = answers[i];
          return (answer?.isSuccessor === true ? answer.word : undefined) !== word;
        });
        if (at >= 0) return group[at];
      }
      from = to;
    }
    return undefined;
  }

  async #ask(router: string, batch: readonly Case[], gas: bigint): Promise<readonly Given[]> {
    const claims = batch.map(({ claim: { endBlock, index, state, witness } }) => {
      return { endBlock, index, state, witness: Hex.fromBytes(witness) };
    });
    const data = encodeFunctionData({
      abi: this.#abi,
      functionName: "judge",
      args: [router, claims, gas],
    });
    const call = {
      to: this.#trial,
      data,
      gas: Hex.fromBigInt(CALL_GAS + gas * BigInt(batch.length)),
    };
    const answered = await Provers.request<Hex.Hex>(this.#connection, "eth_call", [call, "latest"]);
    return decodeFunctionResult({
      abi: this.#abi,
      functionName: "judge",
      data: answered,
    }) as readonly Given[];
  }

  async #trace(router: string, { claim }: Case, depth: number): Promise<Set<number>> {
    const { abi } = await Provers.compiled("OneStepProver");
    const { endBlock, index, state, witness } = claim;
    const args = [endBlock, index, state, Hex.fromBytes(witness)];
    const data = encodeFunctionData({ abi, functionName: "step", args });
    const call = { to: router, data, gas: Hex.fromBigInt(MOST_GAS) };
    const { structLogs } = await Provers.request<{ readonly structLogs: readonly StructLog[] }>(
      this.#connection,
      "debug_traceCall",
      [call, "latest", { disableMemory: true, disableStack: true, disableStorage: true }],
    );
    return new Set(structLogs.flatMap((log) => (log.depth === depth ? [log.pc] : [])));
  }

  #addresses(family: number | undefined): readonly string[] {
    if (family === undefined) return this.#courts.routers();
    const prover = this.#courts.provers[family];
    return prover === undefined ? [] : [prover];
  }

  async #codeAt(address: string): Promise<Uint8Array> {
    return Hex.toBytes(
      await Provers.request<string>(this.#connection, "eth_getCode", [address, "latest"]),
    );
  }

  async #setCode(address: string, code: Uint8Array): Promise<void> {
    await Provers.request(this.#connection, "hardhat_setCode", [address, Hex.fromBytes(code)]);
  }
}

/** The cases by the instructions that they run: of each kind one, then the others, the cheapest first. */
export function byInstruction(cases: readonly Known[]): Map<number, readonly Known[]> {
  const places = new Map<number, Known[]>();
  for (const one of inTurn(cases)) {
    for (const pc of one.pcs) {
      const known = places.get(pc) ?? [];
      known.push(one);
      places.set(pc, known);
    }
  }
  return places;
}

function inTurn(cases: readonly Known[]): Known[] {
  const kinds = Map.groupBy(
    cases,
    ({ kind, court, after }) => `${kind} ${court.fork} ${after === undefined}`,
  );
  const turns = [...kinds.values()].flatMap((group) =>
    group.toSorted((a, b) => Number(a.gas - b.gas)).map((one, turn) => ({ one, turn })),
  );
  return turns.toSorted((a, b) => a.turn - b.turn).map(({ one }) => one);
}

export class NoAnswerError extends Error {
  override readonly name = "Judge.NoAnswerError";
  constructor(kind: string) {
    super(`the provers were not asked about ${kind}`);
  }
}

export class UntrueCaseError extends Error {
  override readonly name = "Judge.UntrueCaseError";
  constructor(kind: string) {
    super(`the true provers have another successor for ${kind}`);
  }
}
