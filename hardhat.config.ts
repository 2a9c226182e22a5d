import { fileURLToPath } from "node:url";
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";

const settings = {
  optimizer: { enabled: true, runs: 200 },
  viaIR: true,
  evmVersion: "osaka",
  metadata: { bytecodeHash: "none" },
};
const compiler = {
  version: "0.8.37",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  settings,
};

// The compiler's own sequence without F, the function specializer: it copies a function for each constant that it is called
// with, which made the adjudicator 7% longer and its calls 0.2% cheaper (ADR 0015).
const unspecialized = {
  ...compiler,
  settings: {
    ...settings,
    optimizer: {
      ...settings.optimizer,
      details: {
        yulDetails: {
          optimizerSteps:
            "dhfoDgvulfnTUtnIfxa[r]EscLMcCTUtTOntnfDIulLculVcul[j]Tpeulxa[rul]xa[r]cLgvifCTUca[r]LSsTOtfDnca[r]Iulc" +
            "scCTUtgvifMx[scCTUt]TOntnfDIulgvifMjmul[jul]VcTOculjmul",
        },
      },
    },
  },
};

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  paths: { sources: "contracts", tests: { mocha: "test", solidity: "test" } },
  solidity: {
    profiles: {
      default: {
        compilers: [compiler],
        overrides: {
          "contracts/channels/Adjudicator.sol": unspecialized,
          // Whoever is fuzzed is known by its code, which has to be the one that the test deploys.
          "test/channels/Adjudicator.t.sol": unspecialized,
          "test/channels/ChannelPlayers.sol": unspecialized,
        },
      },
    },
  },
  networks: {
    // An L1 with every limit of mainnet: EIP-7825 transaction cap, EIP-170 code size.
    l1: { type: "edr-simulated", chainType: "l1", hardfork: "osaka", chainId: 31337 },
  },
});
