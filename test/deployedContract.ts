/* eslint-disable @typescript-eslint/consistent-type-definitions -- only interfaces merge and extend a class */
// What `ethers.deployContract("Name")` answers: methods are found by name at run time, and a test that misnames one fails.
// Ethers' own type makes each method possibly undefined under noUncheckedIndexedAccess.
import type {} from "@nomicfoundation/hardhat-ethers/types";
import type { Addressable, BaseContract, ContractRunner, Signer } from "ethers";

export interface DeployedContract extends BaseContract {
  connect(runner: ContractRunner | null): DeployedContract;
  attach(target: string | Addressable): DeployedContract;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the ABI is known at run time only
  readonly [method: string]: any;
}

declare module "@nomicfoundation/hardhat-ethers/types" {
  interface HardhatEthersHelpers {
    deployContract(
      name: string,
      signerOrOptions?: Signer | DeployContractOptions,
    ): Promise<DeployedContract>;
    deployContract(
      name: string,
      constructorArguments: readonly unknown[],
      signerOrOptions?: Signer | DeployContractOptions,
    ): Promise<DeployedContract>;
    getContractAt(
      nameOrAbi: string | readonly unknown[],
      address: string | Addressable,
      signer?: Signer,
    ): Promise<DeployedContract>;
  }
}
