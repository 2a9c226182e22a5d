// OP's fault dispute game: a true root is attacked at every depth down to one instruction, and resolved.
import { AbiCoder, type Contract as Deployed } from "ethers";
import { assert } from "../../../src/primitives/assert.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import { keccak256 } from "../../../src/primitives/keccak.ts";
import * as PeerPackage from "./peerPackage.ts";
import { behind, type Cost, cost, deploy, type Stage } from "./stage.ts";

export const PACKAGE: PeerPackage.PeerPackage = {
  name: "@eth-optimism/contracts-bedrock@0.17.3",
  integrity:
    "sha512-cHPO7ntWeOBDLO7ZFFSZGI1D7CDqf4loRbRVJrFIsqLEz+hysWIqA0e3dv2GnrjVeuYePBfI2NTBEG4uwz9bQQ==",
};

// As deployed on mainnet.
const DEPTH = 73;
const SPLIT_DEPTH = 30;
const EXTENSION_SECONDS = 10_800n;
const CLOCK_SECONDS = 302_400n;
const WITHDRAWAL_SECONDS = 604_800n;
const FIRST_BOND = 80_000_000_000_000_000n;

const GAME_TYPE = 0;
const ANCHOR_BLOCK = 100n;
const CLAIMED_BLOCK = 300n;
/** The first byte of a claim about an execution says how it ended. */
const INVALID = 1;
// A MIPS state's length.
const STATE = new Uint8Array(226).fill(7);
const L2_CHAIN = 10n;

/** The moves of whoever proposed the truth, in order; the attacker's are not counted. */
export async function measure(stage: Stage, files: PeerPackage.Files): Promise<Cost[]> {
  const factory = await deployFactory(stage, files);
  const [, attacker] = await stage.ethers.getSigners();
  assert(attacker !== undefined, "the L1 has accounts");
  const root = claimAt(0);
  const extra = AbiCoder.defaultAbiCoder().encode(["uint256"], [CLAIMED_BLOCK]);
  const create = factory.getFunction("create");
  const value = { value: FIRST_BOND };
  const costs = [await cost("create", create.send(GAME_TYPE, root, extra, value))];
  const [, , address]: readonly [bigint, bigint, string] = await factory
    .getFunction("gameAtIndex")
    .staticCall(0);
  const { abi } = contractOf(files, "FaultDisputeGame");
  const game = await stage.ethers.getContractAt([...abi], address);

  for (let depth = 1; depth <= DEPTH; depth++) {
    // Always to the left: the position's number is doubled.
    const bond: bigint = await game.getFunction("getRequiredBond").staticCall(1n << BigInt(depth));
    const isOurs = depth % 2 === 0;
    const player = isOurs ? game : game.connect(attacker);
    const words = [claimAt(depth - 1), depth - 1, claimAt(depth), { value: bond }];
    const made = await cost(
      depth === 2 ? "attack, the first" : "attack",
      player.getFunction("attack").send(...words),
    );
    if (isOurs) costs.push(made);
  }
  costs.push(await cost("step", game.getFunction("step").send(DEPTH, true, STATE, "0x")));
  costs.push(...(await resolve(stage, game)));
  return costs;
}

async function resolve(stage: Stage, game: Deployed): Promise<Cost[]> {
  const seconds = Number(2n * CLOCK_SECONDS);
  await stage.provider.request({ method: "evm_increaseTime", params: [seconds] });
  const costs: Cost[] = [];
  for (let claim = DEPTH; claim >= 0; claim--) {
    costs.push(await cost("resolveClaim", game.getFunction("resolveClaim").send(claim, 0)));
  }
  costs.push(await cost("resolve", game.getFunction("resolve").send()));
  const DEFENDER_WINS = 2n;
  assert(
    (await game.getFunction("status").staticCall()) === DEFENDER_WINS,
    "the truth wins OP's game",
  );
  return costs;
}

async function deployFactory(stage: Stage, files: PeerPackage.Files): Promise<Deployed> {
  const [owner] = await stage.ethers.getSigners();
  assert(owner !== undefined, "the L1 has accounts");
  const proxied = async (name: string, words: readonly unknown[], first: readonly unknown[]) => {
    const contract = contractOf(files, name);
    const logic = await deploy(stage, contract, words);
    const proxy = await deploy(stage, contractOf(files, "Proxy"), [owner.address]);
    const data = logic.interface.encodeFunctionData("initialize", first);
    await proxy.getFunction("upgradeToAndCall").send(logic, data);
    return behind(stage, proxy, contract);
  };
  const factory = await proxied("DisputeGameFactory", [], [owner.address]);
  const config = await deploy(stage, contractOf(files, "SuperchainConfig"), []);
  const weth = await proxied("DelayedWETH", [WITHDRAWAL_SECONDS], [owner.address, config.target]);
  const anchor = [GAME_TYPE, [claimAt(DEPTH + 1), ANCHOR_BLOCK]];
  const registry = await proxied("AnchorStateRegistry", [factory], [[anchor]]);
  const vm = await stage.ethers.deployContract("WrittenAnswers");
  const game = await deploy(stage, contractOf(files, "FaultDisputeGame"), [
    ...[GAME_TYPE, keccak256(STATE), DEPTH, SPLIT_DEPTH, EXTENSION_SECONDS, CLOCK_SECONDS],
    ...[vm, weth, registry, L2_CHAIN],
  ]);
  await factory.getFunction("setImplementation").send(GAME_TYPE, game);
  await factory.getFunction("setInitBond").send(GAME_TYPE, FIRST_BOND);
  return factory;
}

function contractOf(files: PeerPackage.Files, name: string): PeerPackage.Contract {
  return PeerPackage.contract(files, `forge-artifacts/${name}.sol/${name}.json`);
}

function claimAt(depth: number): Hex.Hex {
  const claim = keccak256(Bytes.fromNumber(depth, 32));
  claim[0] = INVALID;
  return Hex.fromBytes(claim);
}
