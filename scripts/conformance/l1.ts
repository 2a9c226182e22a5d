// An L1 in this process, with every limit of mainnet, and the provers on it as they would be deployed.
import hre from "hardhat";
import { decodeErrorResult, encodeFunctionData, type Abi } from "viem";
import * as Fork from "../../src/machine/fork.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Provers from "./provers.ts";
import { CHAIN_ID } from "./stateTests.ts";

/** What the L1 makes of a step. */
export type Answer =
  | { readonly type: "successor"; readonly state: Hex.Hex; readonly gas: number }
  /** The error's name is null where the gas ran out. */
  | { readonly type: "reverted"; readonly error: string | null; readonly reason: string };

export type L1 = {
  /** The successor of a state, by the router and under the gas that one transaction may have. */
  readonly judge: (state: Hex.Hex, witness: Uint8Array) => Promise<Answer>;
  readonly close: () => Promise<void>;
};

const TRANSACTION_GAS = 21_000;
const WORD_DIGITS = 64;

/** Deploys a router of the fork, without the rollup's caps: the official cases know none. */
export async function start(fork: Fork.Fork): Promise<L1> {
  if (!(await hre.artifacts.artifactExists("StepGauge"))) throw new NotBuiltError();
  const connection = await hre.network.create("l1");
  const provers = await Provers.deployAll(connection);
  const router = await Provers.deploy(connection, "OneStepProver", [
    ...[Fork.order(fork), CHAIN_ID, false, Provers.NO_INBOX, provers],
  ]);
  const gauge = await Provers.deploy(connection, "StepGauge");
  const { abi: gaugeAbi } = await Provers.compiled("StepGauge");
  const { abi: precompileAbi } = await Provers.compiled("PrecompileProver");

  const judge = async (state: Hex.Hex, witness: Uint8Array): Promise<Answer> => {
    const data = encodeFunctionData({
      abi: gaugeAbi,
      functionName: "measure",
      args: [router, state, Hex.fromBytes(witness)],
    });
    const call = { to: gauge, data, gas: Hex.fromBigInt(Provers.TRANSACTION_GAS_CAP) };
    try {
      const answer = await Provers.request<string>(connection, "eth_call", [call, "latest"]);
      const gas = Number(`0x${answer.slice(2 + WORD_DIGITS)}`);
      return {
        type: "successor",
        state: `0x${answer.slice(2, 2 + WORD_DIGITS)}`,
        gas: transactionGas(witness, gas),
      };
    } catch (error) {
      return refusalOf(precompileAbi, error);
    }
  };
  return { judge, close: () => connection.close() };
}

function refusalOf(abi: Abi, error: unknown): Answer {
  const data = revertDataOf(error);
  if (data === null) return { type: "reverted", error: null, reason: String(error) };
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi, data });
    const reason = `${errorName}(${args.map(String).join(", ")})`;
    return { type: "reverted", error: errorName, reason };
  } catch (unknownError) {
    return { type: "reverted", error: data, reason: String(unknownError) };
  }
}

function revertDataOf(error: unknown): Hex.Hex | null {
  if (!(error instanceof Error) || !("data" in error)) return null;
  const { data } = error;
  return typeof data === "string" && data.length > 2 ? Hex.fromBytes(Hex.toBytes(data)) : null;
}

/** The gas of a transaction with this calldata and execution (EIP-7623). */
function transactionGas(calldata: Uint8Array, execution: number): number {
  const zeroes = calldata.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  const tokens = zeroes + 4 * (calldata.length - zeroes);
  return TRANSACTION_GAS + Math.max(4 * tokens + execution, 10 * tokens);
}

export class NotBuiltError extends Error {
  override readonly name = "L1.NotBuiltError";
  constructor() {
    super("the provers have not been compiled: run npm run build");
  }
}
