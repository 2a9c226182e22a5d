// Chapters one, two and three: ether and a token come from L1, are traded, and start on their way back.
import { Contract } from "ethers";
import {
  erc20Abi,
  parseAbi,
  parseEther,
  parseEventLogs,
  type Address,
  type TransactionReceipt,
} from "viem";
import * as Deposit from "../../src/wallet/deposit.ts";
import * as Withdraw from "../../src/wallet/withdraw.ts";
import type { Devnet } from "../devnet/devnet.ts";
import * as Keys from "../devnet/keys.ts";
import * as Exchange from "./exchange.ts";
import type { Narrator } from "./narrator.ts";
import * as People from "./people.ts";

const FACTORY: Address = "0x4200000000000000000000000000000000000012";
const FACTORY_ABI = parseAbi([
  "function createOptimismMintableERC20(address remoteToken, string name, string symbol) returns (address)",
  "event OptimismMintableERC20Created(address indexed localToken, address indexed remoteToken, address deployer)",
]);
const ETHER_IN = parseEther("40");
const TOKENS_IN = parseEther("1000");
const POOL_ETHER = parseEther("10");
const POOL_TOKENS = parseEther("500");
export const ETHER_BACK = parseEther("5");
export const TOKENS_BACK = parseEther("100");

export type Tokens = { readonly l1Token: Address; readonly l2Token: Address };

export type Market = { readonly exchange: Exchange.Exchange; readonly token: Contract };

/** Alice deposits ether, and an ERC-20 that gets its counterpart on the L2. */
export async function deposits(devnet: Devnet, { say, attest }: Narrator): Promise<Tokens> {
  const l1 = People.onL1(devnet, Keys.ALICE);
  const l2 = People.onL2(devnet, Keys.ALICE);
  const to = l1.wallet.account.address;

  const before = await l2.client.getBalance({ address: to });
  const ether = await Deposit.depositEther(l1, l2.chain, { to, value: ETHER_IN });
  say(`Alice deposits 40 ether (viem): ${ether.receipt.gasUsed} gas on L1`);
  await l2.client.waitForTransactionReceipt({ hash: ether.l2Hash });
  const after = await l2.client.getBalance({ address: to });
  attest("40 ether arrived on the L2", after - before === ETHER_IN);

  const l1Token = await wrapOnL1(l1);
  const l2Token = await createOnL2(l2, l1Token);
  const move = { l1Token, l2Token, to, amount: TOKENS_IN };
  const tokens = await Deposit.depositToken(l1, l2.chain, move);
  say(
    `Alice deposits 1000 WETH as an ERC-20 (OP's bridge ABI): ${tokens.receipt.gasUsed} gas on L1`,
  );
  await l2.client.waitForTransactionReceipt({ hash: tokens.l2Hash });
  attest("1000 tokens were minted on the L2", (await tokensOf(l2, l2Token, to)) === TOKENS_IN);
  return { l1Token, l2Token };
}

/** Uniswap v2 is deployed, a pool made, and a swap run. */
export async function trade(
  devnet: Devnet,
  { l2Token }: Tokens,
  { say, attest }: Narrator,
): Promise<Market> {
  const alice = People.inEthers(devnet, Keys.ALICE);
  const exchange = await Exchange.deploy(alice);
  say("WETH9, the Uniswap v2 factory and router are deployed from their npm packages (ethers)");
  const token = new Contract(l2Token, [...erc20Abi], alice);
  await Exchange.addLiquidity(exchange, token, POOL_TOKENS, POOL_ETHER);
  const { status } = await Exchange.swap(exchange, token, parseEther("1"));
  attest("a pool was made and a swap went through it", status === 1);
  return { exchange, token };
}

/** Alice sends ether and tokens back. */
export async function withdrawals(
  devnet: Devnet,
  tokens: Tokens,
  { say }: Narrator,
): Promise<TransactionReceipt[]> {
  const l2 = People.onL2(devnet, Keys.ALICE);
  const to = l2.wallet.account.address;
  const ether = await Withdraw.initiateEther(l2, { to, value: ETHER_BACK });
  const move = { ...tokens, to, amount: TOKENS_BACK };
  const token = await Withdraw.initiateToken(l2, move);
  say(
    `Alice withdraws 5 ether in block ${ether.blockNumber} and 100 tokens in ${token.blockNumber}`,
  );
  return [ether, token];
}

/** The balance of a token. */
export function tokensOf(
  { client }: Pick<ReturnType<typeof People.onL2 | typeof People.onL1>, "client">,
  address: Address,
  owner: Address,
): Promise<bigint> {
  return client.readContract({ address, abi: erc20Abi, functionName: "balanceOf", args: [owner] });
}

async function wrapOnL1({ client, wallet }: ReturnType<typeof People.onL1>): Promise<Address> {
  const { abi, bytecode } = Exchange.published("canonical-weth/build/contracts/WETH9.json");
  const hash = await wallet.deployContract({ abi, bytecode });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (contractAddress === undefined || contractAddress === null) throw new NoTokenError();
  const wrapped = await wallet.sendTransaction({ to: contractAddress, value: TOKENS_IN });
  await client.waitForTransactionReceipt({ hash: wrapped });
  return contractAddress;
}

async function createOnL2(
  { client, wallet }: ReturnType<typeof People.onL2>,
  l1Token: Address,
): Promise<Address> {
  const hash = await wallet.writeContract({
    address: FACTORY,
    abi: FACTORY_ABI,
    functionName: "createOptimismMintableERC20",
    args: [l1Token, "Wrapped ether of L1", "WETH1"],
  });
  const { logs } = await client.waitForTransactionReceipt({ hash });
  const [created] = parseEventLogs({ abi: FACTORY_ABI, logs });
  if (created === undefined) throw new NoTokenError();
  return created.args.localToken;
}

export class NoTokenError extends Error {
  override readonly name = "Money.NoTokenError";
  constructor() {
    super("expected a token to be created, but none was");
  }
}
