// A dispute game on a Hardhat L1 and its reference model, moved in lockstep: every move must do the same to both.
import { expect } from "chai";
import type { Interface, TransactionReceipt } from "ethers";
import { network } from "hardhat";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Bisection from "../../src/dispute/bisection.ts";
import * as DisputeGame from "../../src/dispute/disputeGame.ts";
import type { Oracles } from "../../src/dispute/disputeGame.ts";
import * as Game from "../../src/dispute/game.ts";
import type { GameEvent } from "../../src/dispute/gameEvent.ts";
import type { Move } from "../../src/dispute/move.ts";
import { MoveRejected } from "../../src/dispute/moveRejected.ts";
import type { ClaimTrace } from "../../src/dispute/trace.ts";
import * as Calldata from "./calldata.ts";
import { ACCUMULATOR, BATCH, GENESIS, toyStep, toyTrace } from "./toyTrace.ts";
import type { Lie } from "./toyTrace.ts";

export type Shape = {
  readonly blockHeight: number;
  readonly stepHeight: number;
  readonly steps: number;
};

export const SMALL: Shape = { blockHeight: 2, stepHeight: 3, steps: 4 };
export const FULL: Shape = { blockHeight: 16, stepHeight: 26, steps: 100 };

export const TIMEOUT = 10_000n;
export const CLAIM_BOND = 3n * 10n ** 18n;
export const REFINEMENT_BOND = 10n ** 18n;
export const BASE_FEE = 20n * 10n ** 9n;
export const POSTED_BLOCKS = 2n ** 20n;

/** What became of a move, on both sides alike. */
export type Outcome =
  | { readonly kind: "made"; readonly gas: bigint; readonly receipt: TransactionReceipt }
  | { readonly kind: "rejected"; readonly reason: string; readonly values: readonly unknown[] };

export type Arena = Awaited<ReturnType<typeof deployArena>>;

/** Deploys a game of this shape on a fresh L1, with a model beside it. */
export async function deployArena(shape: Shape, claimBond = CLAIM_BOND) {
  const { ethers, provider } = await network.create("l1");
  const signers = await ethers.getSigners();
  const inbox = await ethers.deployContract("ToyInbox");
  await inbox.post(ACCUMULATOR, POSTED_BLOCKS);
  const prover = await ethers.deployContract("ToyStepProver", [shape.steps]);
  const { blockHeight, stepHeight } = shape;
  const contract = await ethers.deployContract("DisputeGame", [
    [
      await inbox.getAddress(),
      await prover.getAddress(),
      blockHeight,
      stepHeight,
      TIMEOUT,
      claimBond,
      REFINEMENT_BOND,
    ],
    Calldata.blockDoneTuple(GENESIS),
  ]);
  const address = await contract.getAddress();
  const abi = contract.interface;
  const born = await ethers.provider.getBlock("latest");
  if (born === null) throw new RangeError("the chain has a latest block");

  const config: Game.Config = {
    blockHeight,
    stepHeight,
    timeout: TIMEOUT,
    claimBond,
    refinementBond: REFINEMENT_BOND,
  };
  const oracles: Oracles = {
    step: (endBlock, index, state, witness) =>
      toyStep(shape.steps, endBlock, index, state, witness),
    blockCount: (batch) => (batch === BATCH ? POSTED_BLOCKS : 0n),
    accumulator: () => ACCUMULATOR,
  };
  let model = Game.create(config, GENESIS, BigInt(born.timestamp));
  let time = BigInt(born.timestamp);
  let baseFee = BASE_FEE;

  /** What a unit of gas costs at least from now on. */
  function setBaseFee(fee: bigint): void {
    baseFee = fee;
  }

  /** Moves both clocks forward. */
  function wait(seconds: bigint): void {
    time += seconds;
    model = Game.at(model, time);
  }

  /** Makes a move a second after the last one, on both sides. */
  async function make(move: Move, player = 0, value = bondOf(config, move)): Promise<Outcome> {
    wait(1n);
    return makeNow(move, player, value);
  }

  async function makeNow(move: Move, player: number, value: bigint): Promise<Outcome> {
    const from = signers[player]?.address;
    if (from === undefined) throw new RangeError(`no player ${player}`);
    const expected = judge(move, { sender: Hex.toBytes(from), value, baseFee });
    await setNextBlock();
    const actual = await send(Calldata.encode(abi, move), from, value);
    expect(describeOutcome(actual)).to.deep.equal(describeOutcome(expected));
    return actual;
  }

  /** Makes moves without bonds in one transaction, a second after the last one: all of them or, on both sides, none. */
  async function makeTogether(moves: readonly Move[], player = 0): Promise<Outcome> {
    wait(1n);
    const from = signers[player]?.address;
    if (from === undefined) throw new RangeError(`no player ${player}`);
    const before = model;
    const outcomes = moves.map((move) =>
      judge(move, { sender: Hex.toBytes(from), value: 0n, baseFee }),
    );
    const rejected = outcomes.find(({ kind }) => kind === "rejected");
    if (rejected !== undefined) model = before;
    await setNextBlock();
    const calls = moves.map((move) => Calldata.encode(abi, move));
    const actual = await send(abi.encodeFunctionData("multicall", [calls]), from, 0n);
    expect(describeOutcome(actual)).to.deep.equal(describeOutcome(rejected ?? { kind: "made" }));
    return actual;
  }

  async function setNextBlock(): Promise<void> {
    await provider.request({ method: "evm_setNextBlockTimestamp", params: [Number(time)] });
    await provider.request({
      method: "hardhat_setNextBlockBaseFeePerGas",
      params: [`0x${baseFee.toString(16)}`],
    });
  }

  function judge(move: Move, call: DisputeGame.Call): Outcome | { readonly kind: "made" } {
    try {
      model = DisputeGame.apply(model, move, call, oracles);
      return { kind: "made" };
    } catch (error) {
      if (!(error instanceof MoveRejected)) throw error;
      return { kind: "rejected", reason: error.reason, values: error.values.map(plain) };
    }
  }

  /** Sends calldata to the game in a block of its own, at the current time. */
  async function send(data: string, from: string, value: bigint): Promise<Outcome> {
    const gas = "0xf00000";
    const params = [{ from, to: address, data, gas, value: `0x${value.toString(16)}` }];
    try {
      const hash = await provider.request({ method: "eth_sendTransaction", params });
      const receipt = await ethers.provider.getTransactionReceipt(String(hash));
      if (receipt === null) throw new RangeError("automine leaves a receipt");
      return { kind: "made", gas: receipt.gasUsed, receipt };
    } catch (error) {
      return rejection(abi, error);
    }
  }

  /** Takes the model back to an earlier state, as a reverted chain goes back; time goes on. */
  function rewind(earlier: Game.Game): void {
    model = Game.at(earlier, time);
  }

  /** Sends a move that waits for `mine`; the model takes it at the time of that block. */
  async function submit(move: Move, player: number, value: bigint): Promise<void> {
    const from = signers[player]?.address;
    if (from === undefined) throw new RangeError(`no player ${player}`);
    const expected = judge(move, { sender: Hex.toBytes(from), value, baseFee });
    expect(expected).to.deep.equal({ kind: "made" });
    const params = [
      {
        from,
        to: address,
        data: Calldata.encode(abi, move),
        gas: "0x100000",
        value: `0x${value.toString(16)}`,
      },
    ];
    await provider.request({ method: "eth_sendTransaction", params });
  }

  /** Mines all submitted moves into one block, at the current time. */
  async function mine(): Promise<void> {
    await provider.request({ method: "evm_mine", params: [Number(time)] });
    await provider.request({ method: "evm_setAutomine", params: [true] });
  }

  /** The true claim over the blocks after a parent, or a false one. */
  function trace(parent: Game.Claim, endBlock: bigint, lie?: Lie): ClaimTrace {
    const range = { ...shape, parent: parent.id, startState: parent.endState, endBlock };
    return toyTrace(range, lie);
  }

  /** Everything the game has logged, decoded, with the time of each event. */
  async function logged(): Promise<{ event: GameEvent; time: bigint }[]> {
    const logs = await ethers.provider.getLogs({ address, fromBlock: 0 });
    const timed = [];
    for (const log of logs) {
      const block = await ethers.provider.getBlock(log.blockNumber);
      if (block === null) throw new RangeError("a log has a block");
      const blockTime = BigInt(block.timestamp);
      for (const event of Calldata.decode(abi, [log])) timed.push({ event, time: blockTime });
    }
    return timed;
  }

  return {
    ethers,
    provider,
    signers,
    inbox,
    contract,
    address,
    abi,
    config,
    genesis: firstClaim(model),
    model: () => model,
    now: () => time,
    setBaseFee,
    wait,
    make,
    makeNow,
    makeTogether,
    send,
    rewind,
    submit,
    mine,
    trace,
    logged,
  };
}

/** Asserts that a move was rejected for one reason, with these values. */
export function expectRejected(
  outcome: Outcome,
  reason: string,
  values: readonly (Uint8Array | bigint | number)[],
): void {
  expect(outcome).to.deep.equal({ kind: "rejected", reason, values: values.map(plain) });
}

/** The ETH that a move carries. */
export function bondOf(config: Game.Config, move: Move): bigint {
  if (move.kind === "propose") return config.claimBond;
  return move.kind === "refine" ? config.refinementBond : 0n;
}

/** The claim with this id, which must exist. */
export function claimAt(game: Game.Game, id: Uint8Array): Game.Claim {
  const claim = game.claims.get(Hex.key(id));
  if (claim === undefined) throw new RangeError("no such claim");
  return claim;
}

/** The id of the claim that a trace makes. */
export function claimId(game: Game.Game, trace: ClaimTrace): Uint8Array {
  const cohort = Bisection.cohortId(Game.claimPosition(game.config, trace.parent));
  return Bisection.nodeId(cohort, trace.blocks.subtree(game.config.blockHeight, 0));
}

function firstClaim(game: Game.Game): Game.Claim {
  const claim = [...game.claims.values()][0];
  if (claim === undefined) throw new RangeError("a game has a genesis claim");
  return claim;
}

function rejection(abi: Interface, error: unknown): Outcome {
  if (!(error instanceof Error) || !("data" in error)) throw error;
  const parsed = abi.parseError(String(error.data));
  if (parsed !== null) {
    return { kind: "rejected", reason: parsed.name, values: parsed.args.map(plain) };
  }
  // The toy prover's own error is not in the game's ABI.
  return { kind: "rejected", reason: "WrongWitness", values: [] };
}

function describeOutcome(outcome: { readonly kind: string }): unknown {
  if (outcome.kind === "made") return "made";
  if ("reason" in outcome && outcome.reason === "WrongWitness") return "WrongWitness";
  return outcome;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Hex.fromBytes(Bytes.slicePadded(value, 0, value.length));
  if (typeof value === "string") return value.toLowerCase();
  return typeof value === "number" ? BigInt(value) : value;
}
