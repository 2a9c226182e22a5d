// The provers of all families on an in-process L1 with every limit of mainnet, deployed as they would be.
import hre from "hardhat";
import { encodeDeployData, type Abi } from "viem";
import * as Family from "../../src/machine/family.ts";
import * as Hex from "../../src/primitives/hex.ts";

export type Compiled = { readonly abi: Abi; readonly bytecode: Hex.Hex };
export type Connection = Awaited<ReturnType<typeof hre.network.create>>;

export const TRANSACTION_GAS_CAP = 16_777_216n;
/** The inbox of a router that judges no block's beginning. */
export const NO_INBOX = `0x${"00".repeat(20)}`;

/** Deploys the prover of each family; its address stands at the family's number. */
export async function deployAll(connection: Connection): Promise<string[]> {
  const provers: string[] = [];
  for (const [family, name] of Family.NAMES.entries())
    provers[family] = await deploy(connection, `${name}Prover`);
  return provers;
}

export async function deploy(
  connection: Connection,
  name: string,
  args: readonly unknown[] = [],
): Promise<string> {
  const { abi, bytecode } = await compiled(name);
  const receipt = await send(connection, { data: encodeDeployData({ abi, bytecode, args }) });
  return receipt.contractAddress;
}

export async function compiled(name: string): Promise<Compiled> {
  const { abi, bytecode } = await hre.artifacts.readArtifact(name);
  return { abi, bytecode: Hex.fromBytes(Hex.toBytes(bytecode)) };
}

/** Sends a transaction of the first account, with all the gas that one may have. */
export async function send(
  connection: Connection,
  transaction: Readonly<Record<string, string>>,
): Promise<{ readonly contractAddress: string }> {
  const [from] = await request<readonly string[]>(connection, "eth_accounts", []);
  const gas = Hex.fromBigInt(TRANSACTION_GAS_CAP);
  const hash = await request(connection, "eth_sendTransaction", [{ from, gas, ...transaction }]);
  return request(connection, "eth_getTransactionReceipt", [hash]);
}

export async function request<T>(
  { provider }: Connection,
  method: string,
  params: readonly unknown[],
): Promise<T> {
  const answer: T = (await provider.request({ method, params: [...params] })) as T;
  return answer;
}
