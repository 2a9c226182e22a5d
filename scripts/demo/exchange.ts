// Uniswap v2 on the L2, from the bytecode its authors published to npm, driven by ethers: neither the contracts nor the
// client were written for this chain.
import { createRequire } from "node:module";
import {
  Contract,
  ContractFactory,
  MaxUint256,
  type ContractTransactionResponse,
  type InterfaceAbi,
  type Signer,
  type TransactionReceipt,
} from "ethers";
import type { Abi, Hex } from "viem";

export type Published = { readonly abi: Abi & InterfaceAbi; readonly bytecode: Hex };

export type Exchange = {
  readonly weth: Contract;
  readonly factory: Contract;
  readonly router: Contract;
};

const require = createRequire(import.meta.url);

/** A contract as an npm package ships it. */
export function published(path: string): Published {
  const { abi, bytecode } = require(path) as Published;
  return { abi, bytecode: bytecode.startsWith("0x") ? bytecode : `0x${bytecode}` };
}

/** Deploys WETH9, the pair factory and the router. */
export async function deploy(signer: Signer): Promise<Exchange> {
  const weth = await create(signer, published("canonical-weth/build/contracts/WETH9.json"), []);
  const owner = await signer.getAddress();
  const core = published("@uniswap/v2-core/build/UniswapV2Factory.json");
  const factory = await create(signer, core, [owner]);
  const periphery = published("@uniswap/v2-periphery/build/UniswapV2Router02.json");
  const router = await create(signer, periphery, [factory.target, weth.target]);
  return { weth, factory, router };
}

/** Makes the pool of ether and a token, or adds to it. */
export async function addLiquidity(
  { router }: Exchange,
  token: Contract,
  tokens: bigint,
  ether: bigint,
): Promise<void> {
  await sent(token, "approve", [router.target, MaxUint256]);
  const to = await ownerOf(router);
  await sent(router, "addLiquidityETH", [token.target, tokens, 0n, 0n, to, MaxUint256], ether);
}

/** Swaps ether for tokens. */
export async function swap(
  { router, weth }: Exchange,
  token: Contract,
  ether: bigint,
): Promise<TransactionReceipt> {
  const path = [weth.target, token.target];
  const to = await ownerOf(router);
  return sent(router, "swapExactETHForTokens", [0n, path, to, MaxUint256], ether);
}

async function create(
  signer: Signer,
  { abi, bytecode }: Published,
  args: readonly unknown[],
): Promise<Contract> {
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(...args);
  await contract.waitForDeployment();
  return new Contract(contract.target, abi, signer);
}

async function sent(
  contract: Contract,
  method: string,
  args: readonly unknown[],
  value = 0n,
): Promise<TransactionReceipt> {
  const call = contract.getFunction(method);
  const response: ContractTransactionResponse = await call.send(...args, { value });
  const receipt = await response.wait();
  if (receipt === null) throw new TypeError("a transaction that was waited for has a receipt");
  return receipt;
}

async function ownerOf({ runner }: Contract): Promise<string> {
  const signer = runner as Signer;
  return signer.getAddress();
}

/** The address of the pool of ether and a token. */
export async function pairOf({ factory, weth }: Exchange, token: Contract): Promise<string> {
  return (await factory.getFunction("getPair")(weth.target, token.target)) as string;
}
