// What stands in the L2's state at genesis: contracts, and not one wei.
import { readFile } from "node:fs/promises";
import { type Hex, pad } from "viem";
import { codeOf, PREINSTALLS } from "./preinstalls.ts";

export type GenesisAccount = {
  readonly name: string;
  readonly address: Hex;
  readonly code: Hex;
  readonly storage: Readonly<Record<Hex, Hex>>;
};

type Artifact = {
  readonly deployedBytecode: Hex;
  readonly immutableReferences: Readonly<Record<string, unknown>>;
};

const PREDEPLOYS = [
  { name: "GasPriceOracle", address: "0x420000000000000000000000000000000000000F" },
  { name: "L2StandardBridge", address: "0x4200000000000000000000000000000000000010" },
  { name: "BridgedTokenFactory", address: "0x4200000000000000000000000000000000000012" },
  { name: "L1Attributes", address: "0x4200000000000000000000000000000000000015" },
  { name: "MessagePasser", address: "0x4200000000000000000000000000000000000016" },
] as const satisfies readonly { name: string; address: Hex }[];

const ARTIFACTS = new URL("../../artifacts/contracts/l2/", import.meta.url);
const SLOT_ZERO = pad("0x0", { size: 32 });

/** The accounts of the genesis state of an L2 whose token bridge on L1 is the given one. */
export async function genesisAlloc(l1StandardBridge: Hex): Promise<GenesisAccount[]> {
  const predeploys = await Promise.all(
    PREDEPLOYS.map(async ({ name, address }) => ({
      name,
      address,
      code: await runtimeCode(name),
      storage: storageOf(name, l1StandardBridge),
    })),
  );
  const preinstalls = PREINSTALLS.map((preinstall) => ({
    name: preinstall.name,
    address: preinstall.address,
    code: codeOf(preinstall),
    storage: {},
  }));
  return [...predeploys, ...preinstalls];
}

/** The bridge of L2 cannot be told of the one on L1 by a constructor: it reads it from its first slot. */
function storageOf(name: string, l1StandardBridge: Hex): Readonly<Record<Hex, Hex>> {
  return name === "L2StandardBridge"
    ? { [SLOT_ZERO]: pad(l1StandardBridge.toLowerCase() as Hex, { size: 32 }) }
    : {};
}

async function runtimeCode(name: string): Promise<Hex> {
  const file = new URL(`${name}.sol/${name}.json`, ARTIFACTS);
  const artifact = JSON.parse(await readFile(file, "utf8")) as Artifact;
  if (Object.keys(artifact.immutableReferences).length > 0) throw new ImmutablesError(name);
  return artifact.deployedBytecode;
}

export class ImmutablesError extends Error {
  override readonly name = "Alloc.ImmutablesError";
  readonly contract: string;
  constructor(contract: string) {
    super(`expected a contract whose code needs no constructor, got ${contract}`);
    this.contract = contract;
  }
}
