// A few blocks to dispute about, in which a contract that nobody here wrote runs: WETH9, as its authors published it.
import { parseEther, type Address } from "viem";
import type { Devnet } from "../devnet/devnet.ts";
import { fund } from "../devnet/fund.ts";
import * as Keys from "../devnet/keys.ts";
import * as Exchange from "../demo/exchange.ts";
import * as People from "../demo/people.ts";

const ONE = parseEther("1");

/** Has ether deposited, wrapped, sent and unwrapped, and waits until all of it stands on L1. */
export async function make(devnet: Devnet): Promise<void> {
  await fund(devnet, [Keys.ALICE], parseEther("10"));
  const { client, wallet } = People.onL2(devnet, Keys.ALICE);
  const { abi, bytecode } = Exchange.published("canonical-weth/build/contracts/WETH9.json");
  const deployed = await client.waitForTransactionReceipt({
    hash: await wallet.deployContract({ abi, bytecode }),
  });
  const address = deployed.contractAddress;
  if (address === null || address === undefined) throw new TypeError("WETH9 was not deployed");
  const call = async (functionName: string, args: readonly unknown[], value = 0n) => {
    const hash = await wallet.writeContract({ address, abi, functionName, args, value });
    await client.waitForTransactionReceipt({ hash });
  };
  const heir: Address = "0x00000000000000000000000000000000000000b0";
  await call("deposit", [], ONE);
  await call("transfer", [heir, ONE / 2n]);
  await call("withdraw", [ONE / 4n]);
  await devnet.sequencer.settled();
}
