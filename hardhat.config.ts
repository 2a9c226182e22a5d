import { fileURLToPath } from "node:url";
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";

const optimizer = { enabled: true, runs: 200 };

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  paths: { sources: "contracts", tests: { mocha: "test", solidity: "test" } },
  solidity: {
    profiles: {
      default: {
        version: "0.8.37",
        path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
        settings: {
          optimizer,
          viaIR: true,
          evmVersion: "osaka",
          metadata: { bytecodeHash: "none" },
        },
      },
    },
  },
  networks: {
    // An L1 with every limit of mainnet: EIP-7825 transaction cap, EIP-170 code size.
    l1: { type: "edr-simulated", chainType: "l1", hardfork: "osaka", chainId: 31337 },
  },
});
