// Signed transfers, the same for every chain they are sent to.
import { getCreateAddress, keccak256, Signature, toBeHex, Transaction, Wallet } from "ethers";
import * as Hex from "../../src/primitives/hex.ts";
import * as EcdsaSignature from "../../src/primitives/signature.ts";
import * as Programs from "./programs.ts";

export const KINDS = ["ether", "ERC-20"] as const;
export type Kind = (typeof KINDS)[number];

export const CHAIN_ID = 42_069n;
export const SENDERS = 32;
export const FUNDS = 10n ** 20n;

const FEES = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
export const TOKENS = 10n ** 24n;
const GAS = { ether: 21_000n, "ERC-20": 70_000n } as const;
const CREATION_GAS = 2_000_000n;
const MINT_GAS = 100_000n;

const keys = Array.from({ length: SENDERS }, (_, i) => keccak256(toBeHex(i + 1, 32)));
const creatorKey = keccak256(toBeHex(1_000, 32));
const creator = new Wallet(creatorKey).address;
export const token = getCreateAddress({ from: creator, nonce: 0 });

export const senders: readonly string[] = keys.map((key) => new Wallet(key).address);

/** Everybody who needs ether before the transfers begin. */
export const funded: readonly string[] = [creator, ...senders];

/** Deploys a token and gives some to each sender; for one block after another, in order. */
export function preparation(): Hex.Hex[] {
  const creation = transaction(creatorKey, 0, null, 0n, Programs.tokenCreation, CREATION_GAS);
  const mints = senders.map((sender, i) =>
    transaction(creatorKey, i + 1, token, 0n, Programs.mint(sender, TOKENS), MINT_GAS),
  );
  return [creation, ...mints];
}

/** Transfers to accounts that are new, senders taking turns; each sender's nonces start at `firstNonce`. */
export function sign(kind: Kind, howMany: number, firstNonce = 0): Hex.Hex[] {
  return Array.from({ length: howMany }, (_, i) => {
    const nonce = firstNonce + Math.floor(i / SENDERS);
    const key = keys[i % SENDERS] ?? creatorKey;
    const recipient =
      BigInt(keccak256(toBeHex(2n ** 64n + BigInt(firstNonce * SENDERS + i), 32))) >> 96n;
    const to = toBeHex(recipient, 20);
    if (kind === "ether") return transaction(key, nonce, to, 1n, "0x", GAS[kind]);
    const data = Hex.fromBytes(Programs.transfer(recipient, 1n));
    return transaction(key, nonce, token, 0n, data, GAS[kind]);
  });
}

function transaction(
  key: string,
  nonce: number,
  to: string | null,
  value: bigint,
  data: string,
  gasLimit: bigint,
): Hex.Hex {
  const fields = { type: 2, chainId: CHAIN_ID, nonce, to, value, data, gasLimit, ...FEES };
  const unsigned = Transaction.from(fields);
  const { r, s, yParity } = EcdsaSignature.sign(
    Hex.toBytes(unsigned.unsignedHash),
    Hex.toBytes(key),
  );
  unsigned.signature = Signature.from({
    r: toBeHex(r, 32),
    s: toBeHex(s, 32),
    yParity: yParity === 0 ? 0 : 1,
  });
  return Hex.fromBytes(Hex.toBytes(unsigned.serialized));
}
