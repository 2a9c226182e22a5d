// An in-process chain that stands for the L2: the genesis contracts in their places, and the accounts that only
// the protocol can act for.
import { network } from "hardhat";
import { genesisAlloc } from "../../scripts/genesis/alloc.ts";
import { assert } from "../../src/primitives/assert.ts";

export const PREDEPLOYS = {
  oracle: "0x420000000000000000000000000000000000000F",
  bridge: "0x4200000000000000000000000000000000000010",
  factory: "0x4200000000000000000000000000000000000012",
  attributes: "0x4200000000000000000000000000000000000015",
  passer: "0x4200000000000000000000000000000000000016",
} as const;
export const L1_BRIDGE = "0x00000000000000000000000000000000000b71d6";
export const L1_BRIDGE_ALIAS = "0x11110000000000000000000000000000000b82e7";
export const SYSTEM_ADDRESS = "0xfffffffffffffffffffffffffffffffffffffffe";

export async function deployL2() {
  const { ethers, provider } = await network.create("l1");
  const request = (method: string, ...params: unknown[]) => provider.request({ method, params });
  for (const { address, code, storage } of await genesisAlloc(L1_BRIDGE)) {
    await request("hardhat_setCode", address, code);
    for (const [slot, value] of Object.entries(storage)) {
      await request("hardhat_setStorageAt", address, slot, value);
    }
  }
  const [user, stranger] = await ethers.getSigners();
  assert(user !== undefined && stranger !== undefined, "the in-process chain has twenty accounts");

  /** Lets the test act for an account that holds no key. */
  async function impersonate(address: string) {
    await request("hardhat_impersonateAccount", address);
    await request("hardhat_setBalance", address, "0xde0b6b3a7640000");
    return ethers.getSigner(address);
  }
  return {
    ethers,
    request,
    user,
    stranger,
    impersonate,
    oracle: await ethers.getContractAt("GasPriceOracle", PREDEPLOYS.oracle),
    bridge: await ethers.getContractAt("L2StandardBridge", PREDEPLOYS.bridge),
    factory: await ethers.getContractAt("BridgedTokenFactory", PREDEPLOYS.factory),
    attributes: await ethers.getContractAt("L1Attributes", PREDEPLOYS.attributes),
    passer: await ethers.getContractAt("MessagePasser", PREDEPLOYS.passer),
  };
}
