// Which precompile an address holds under a fork, and which calls the rollup refuses.
// Twin: Precompiles.sol.
import { type Fork, isAtLeast } from "../fork.ts";
import * as Blake2f from "./blake2f.ts";
import * as Bls12G1Add from "./bls12G1Add.ts";
import * as Bls12G1Msm from "./bls12G1Msm.ts";
import * as Bls12G2Add from "./bls12G2Add.ts";
import * as Bls12G2Msm from "./bls12G2Msm.ts";
import * as Bls12MapFp2ToG2 from "./bls12MapFp2ToG2.ts";
import * as Bls12MapFpToG1 from "./bls12MapFpToG1.ts";
import * as Bls12PairingCheck from "./bls12PairingCheck.ts";
import * as Bn254Add from "./bn254Add.ts";
import * as Bn254Mul from "./bn254Mul.ts";
import * as Bn254Pairing from "./bn254Pairing.ts";
import * as Ecrecover from "./ecrecover.ts";
import * as Identity from "./identity.ts";
import * as Modexp from "./modexp.ts";
import * as P256Verify from "./p256Verify.ts";
import * as PointEvaluation from "./pointEvaluation.ts";
import * as Ripemd160 from "./ripemd160.ts";
import * as Sha256 from "./sha256.ts";

export type Precompile = {
  readonly name: string;
  /** The price, at most `UNPAYABLE`; a call that has less gas, or is at that price, fails. */
  readonly gasCost: (input: Uint8Array, fork: Fork) => number;
  /** The output, or nothing where the call fails and consumes all the gas it was given. */
  readonly run: (input: Uint8Array) => Uint8Array | undefined;
};

/** The largest price on L1 of a call that the rollup admits. */
export const PRECOMPILE_GAS_CAP = 8_000_000;

/** The longest input of a call that the rollup admits, in bytes. */
export const PRECOMPILE_INPUT_CAP = 65_536;

const IDENTITY = 0x04n;

const table = new Map<bigint, Precompile & { readonly since: Fork }>([
  [0x01n, { name: "ecrecover", since: "Cancun", ...Ecrecover }],
  [0x02n, { name: "sha256", since: "Cancun", ...Sha256 }],
  [0x03n, { name: "ripemd160", since: "Cancun", ...Ripemd160 }],
  [IDENTITY, { name: "identity", since: "Cancun", ...Identity }],
  [0x05n, { name: "modexp", since: "Cancun", ...Modexp }],
  [0x06n, { name: "bn254Add", since: "Cancun", ...Bn254Add }],
  [0x07n, { name: "bn254Mul", since: "Cancun", ...Bn254Mul }],
  [0x08n, { name: "bn254Pairing", since: "Cancun", ...Bn254Pairing }],
  [0x09n, { name: "blake2f", since: "Cancun", ...Blake2f }],
  [0x0an, { name: "pointEvaluation", since: "Cancun", ...PointEvaluation }],
  [0x0bn, { name: "bls12G1Add", since: "Prague", ...Bls12G1Add }],
  [0x0cn, { name: "bls12G1Msm", since: "Prague", ...Bls12G1Msm }],
  [0x0dn, { name: "bls12G2Add", since: "Prague", ...Bls12G2Add }],
  [0x0en, { name: "bls12G2Msm", since: "Prague", ...Bls12G2Msm }],
  [0x0fn, { name: "bls12PairingCheck", since: "Prague", ...Bls12PairingCheck }],
  [0x10n, { name: "bls12MapFpToG1", since: "Prague", ...Bls12MapFpToG1 }],
  [0x11n, { name: "bls12MapFp2ToG2", since: "Prague", ...Bls12MapFp2ToG2 }],
  [0x100n, { name: "p256Verify", since: "Osaka", ...P256Verify }],
]);

/** The precompile at an address, if the fork has one there. */
export function at(address: bigint, fork: Fork): Precompile | undefined {
  const precompile = table.get(address);
  return precompile !== undefined && isAtLeast(fork, precompile.since) ? precompile : undefined;
}

/** Every address that holds a precompile under the fork, in ascending order. */
export function addresses(fork: Fork): bigint[] {
  return [...table.keys()].filter((address) => at(address, fork) !== undefined);
}

/**
 * Whether a call can be proven on L1 within one transaction. Where it is not, and the chain applies
 * the caps, the call fails and consumes its gas. The price that counts is the one L1 asks, which is
 * Osaka's, whatever fork the chain itself follows: a modular exponentiation with an operand above
 * 1,024 bytes is therefore never within the caps.
 */
export function isWithinCaps(address: bigint, input: Uint8Array): boolean {
  if (address === IDENTITY) return true;
  const precompile = at(address, "Osaka");
  if (precompile === undefined) return true;
  return (
    input.length <= PRECOMPILE_INPUT_CAP && precompile.gasCost(input, "Osaka") <= PRECOMPILE_GAS_CAP
  );
}
