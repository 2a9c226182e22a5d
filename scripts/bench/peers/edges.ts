// BoLD's edges: its challenge manager, deployed out of its package, and the words that its calls take.
import { AbiCoder, type Contract as Deployed, Interface } from "ethers";
import { assert } from "../../../src/primitives/assert.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import { keccak256 } from "../../../src/primitives/keccak.ts";
import * as History from "./history.ts";
import * as PeerPackage from "./peerPackage.ts";
import { behind, deploy, type Stage } from "./stage.ts";

export const PACKAGE: PeerPackage.PeerPackage = {
  name: "@arbitrum/nitro-contracts@3.2.0",
  integrity:
    "sha512-uiwqpgLLBpym/55YBPVItkfOnkfGRh+yWyIeTxBjSn+O0nDcEwPZhB1EQSE+eTxteD9nP7ZacAi3a9f+E/17vQ==",
};

/** As deployed on Arbitrum One: blocks, big steps of a block, steps of a big step. */
export const HEIGHTS = [2 ** 26, 2 ** 19, 2 ** 23];
export const PERIOD_BLOCKS = 45_818n;

const BIG_STEP_LEVELS = 1;
const STAKE = 10n ** 18n;
const FINISHED = 1;
const ZERO = new Uint8Array(32);
const RECORD = "tuple(tuple(tuple(bytes32[2],uint64[2]),uint8,bytes32),bytes32,bytes32)";
const coder = AbiCoder.defaultAbiCoder();

/** An assertion, and the manager as whoever stands for it calls it. */
export type Side = {
  readonly game: Deployed;
  readonly assertion: Uint8Array;
  // The state of the machine that it ends in.
  readonly end: Uint8Array;
  // What it says of the end beside the history: it names no real chain.
  readonly name: string;
};

export type Manager = {
  readonly sides: readonly [Side, Side];
  readonly start: Uint8Array;
  /** Makes the step that is proven next end in this state. */
  readonly prove: (end: Uint8Array) => Promise<void>;
};

/** Deploys it behind its proxy, with a stand-in for the chain of assertions and for the step. */
export async function deployManager(stage: Stage, files: PeerPackage.Files): Promise<Manager> {
  const [owner, rival] = await stage.ethers.getSigners();
  assert(owner !== undefined && rival !== undefined, "the L1 has accounts");
  const answers = await stage.ethers.deployContract("WrittenAnswers");
  const source = "build/contracts/src";
  const read = (path: string): PeerPackage.Contract =>
    PeerPackage.contract(files, `${path}/${path.slice(path.lastIndexOf("/") + 1, -4)}.json`);
  const chain = new Interface(
    JSON.stringify(read(`${source}/challengeV2/IAssertionChain.sol`).abi),
  );
  const steps = new Interface(JSON.stringify(read(`${source}/osp/IOneStepProofEntry.sol`).abi));
  const write = async (abi: Interface, name: string, value: Uint8Array): Promise<void> => {
    await answers.getFunction("write").send(abi.getFunction(name)?.selector, value);
  };
  // Both assertions wait for confirmation, and the true one is a block older.
  for (const name of ["bridge", "isPending", "isFirstChild", "validatorWhitelistDisabled"])
    await write(chain, name, Bytes.fromNumber(1, 32));
  await write(chain, "getFirstChildCreationBlock", Bytes.fromNumber(1, 32));
  await write(chain, "getSecondChildCreationBlock", Bytes.fromNumber(2, 32));

  const stake = await stage.ethers.deployContract("PlainToken");
  const contract = read(`${source}/challengeV2/EdgeChallengeManager.sol`);
  const logic = await deploy(stage, contract, []);
  const first = logic.interface.encodeFunctionData("initialize", [
    ...[answers.target, PERIOD_BLOCKS, answers.target, ...HEIGHTS, stake.target],
    ...[owner.address, BIG_STEP_LEVELS, HEIGHTS.map(() => STAKE)],
  ]);
  const proxies = "build/contracts/@openzeppelin/contracts/proxy/transparent";
  const words = [logic, stake.target, first];
  const proxy = await deploy(stage, read(`${proxies}/TransparentUpgradeableProxy.sol`), words);
  const game = await behind(stage, proxy, contract);

  // The stand-in hashes what it was asked for, so that a machine's hash is the hash of the question.
  const machine = (name: string): Uint8Array =>
    keccak256(
      Hex.toBytes(steps.encodeFunctionData("getMachineHash", [[globalOf(name), FINISHED]])),
    );
  const enter = async (name: string, signer: typeof owner): Promise<Side> => {
    await stake.getFunction("mint").send(signer, BigInt(HEIGHTS.length) * STAKE);
    const allow = stake.connect(signer);
    await allow.getFunction("approve").send(game, BigInt(HEIGHTS.length) * STAKE);
    const own = game.connect(signer) as Deployed;
    return { game: own, assertion: word(`${name} assertion`), end: machine(name), name };
  };
  return {
    sides: [await enter("true", owner), await enter("false", rival)],
    start: machine("genesis"),
    prove: (end) => write(steps, "proveOneStep", end),
  };
}

/** What an assertion says, given its history of blocks. */
export function recordOf(side: Side, history: History.History): unknown {
  const end = History.root(history, HEIGHTS[0] ?? 0);
  return [[globalOf(side.name), FINISHED, end], word("genesis assertion"), ZERO];
}

/** The arguments that put an assertion's history of blocks up for challenge. */
export function blockEdge(side: Side, history: History.History): unknown {
  const genesis = [[globalOf("genesis"), FINISHED, ZERO], ZERO, ZERO];
  const height = HEIGHTS[0] ?? 0;
  const proof = coder.encode(
    ["bytes32[]", RECORD, RECORD],
    [History.lastProof(history, height), genesis, recordOf(side, history)],
  );
  return edge(0, history, side.assertion, proof);
}

/** The arguments that put a history of steps up under an edge of length one, whose states it begins and ends with. */
export function stepEdge(
  level: number,
  history: History.History,
  claimed: { readonly id: string; readonly end: number; readonly history: History.History },
): unknown {
  const { end } = claimed;
  const height = HEIGHTS[level] ?? 0;
  const proof = coder.encode(
    ["bytes32", "bytes32", "bytes32[]", "bytes32[]", "bytes32[]"],
    [
      ...[history.stateAt(0), history.stateAt(height)],
      ...[History.lastProof(claimed.history, end - 1), History.lastProof(claimed.history, end)],
      History.lastProof(history, height),
    ],
  );
  return edge(level, history, Hex.toBytes(claimed.id), proof);
}

/** A proof that a history begins with another, as the manager takes it. */
export function prefix(history: History.History, from: number, to: number): string {
  return coder.encode(["bytes32[]", "bytes32[]"], History.prefixProof(history, from, to));
}

/** Any 32 bytes. */
export function word(name: string): Uint8Array {
  return keccak256(new TextEncoder().encode(name));
}

function edge(
  level: number,
  history: History.History,
  claim: Uint8Array,
  proof: string,
): readonly unknown[] {
  const height = HEIGHTS[level] ?? 0;
  return [
    ...[level, History.root(history, height), height, claim],
    ...[prefix(history, 0, height), proof],
  ];
}

function globalOf(name: string): unknown {
  const [block, sends] = [word(`${name} block`), word(`${name} sends`)];
  return [
    [block, sends],
    [1n, 0n],
  ];
}
