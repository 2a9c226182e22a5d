// Calls to the precompiles of Hardhat's own EVM under a chosen fork, with their price.
import { network } from "hardhat";
import * as Word from "../../../src/machine/precompiles/word.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";

export type Outcome = {
  readonly succeeded: boolean;
  readonly output: Uint8Array;
  /** What the call took from the gas around it. */
  readonly gasUsed: number;
};

/** The gas that each call is given. */
export const FORWARDED = 12_000_000;

const caller = "0x00000000000000000000000000000000000ca11e";

// Takes (address, gas, input...), calls, answers (success, gas between the two GAS, output...).
const callerCode = [
  "6040360380", // size of the input, twice
  "60405f37", // copy it to memory 0
  "5a", // GAS
  "5f5f835f5f356020 35fa".replace(" ", ""), // STATICCALL(address, gas, 0, size, 0, 0)
  "5a", // GAS
  "905f52", // success to memory 0
  "9003602052", // difference to memory 32
  "3d5f60403e", // output to memory 64
  "60403d015ff3",
].join("");

// Between the two readings: seven instructions that push, the call itself, the second reading.
const AROUND = 2 + 2 + 3 + 2 + 2 + 3 + 3 + 3 + 100 + 2;

/** A way to call the precompiles of the fork. */
export async function connect(hardfork: "cancun" | "prague" | "osaka") {
  const { provider } = await network.create({ network: "l1", override: { hardfork } });
  await provider.request({ method: "hardhat_setCode", params: [caller, `0x${callerCode}`] });

  return async (address: bigint, input: Uint8Array): Promise<Outcome> => {
    const data = Bytes.concat(Word.of(address), Word.of(BigInt(FORWARDED)), input);
    const answer: unknown = await provider.request({
      method: "eth_call",
      params: [{ to: caller, data: Hex.fromBytes(data), gas: "0xfa0000" }, "latest"],
    });
    const result = Hex.toBytes(String(answer));
    return {
      succeeded: Word.at(result, 0) === 1n,
      gasUsed: Number(Word.at(result, 32)) - AROUND,
      output: result.subarray(64),
    };
  };
}
