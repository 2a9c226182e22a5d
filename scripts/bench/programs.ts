// What the machines run: loops of a few opcodes, and a token that somebody else wrote.
import { Interface } from "ethers";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { assemble, push, type Item } from "../../test/parity/program.ts";
import * as TestArtifact from "./testArtifact.ts";

/** What the congruential generator multiplies by and adds. */
export const MULTIPLIER = 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95n;
export const INCREMENT = 12_345n;

/** Counts down from `rounds` to 1, on top of the stack, and does in each round what leaves the stack as it was. */
export function loop(rounds: bigint, before: readonly Item[], body: readonly Item[]): Uint8Array {
  const start = assemble(...before, rounds);
  const countdown = [1n, Opcode.SWAP1, Opcode.SUB, Opcode.DUP1, BigInt(start.length)];
  return assemble(start, Opcode.JUMPDEST, ...body, ...countdown, Opcode.JUMPI);
}

/** Nothing but the countdown: seven opcodes a round. */
export const tiny = (rounds: bigint) => loop(rounds, [], []);

/** A congruential generator. */
export const arithmetic = (rounds: bigint) =>
  loop(rounds, [1n], [Opcode.SWAP1, MULTIPLIER, Opcode.MUL, INCREMENT, Opcode.ADD, Opcode.SWAP1]);

/** Hashes 64 bytes of memory into the first 32 of them. */
export const hashing = (rounds: bigint) =>
  loop(rounds, [], [push(64n), push(0n), Opcode.KECCAK256, push(0n), Opcode.MSTORE]);

const token = TestArtifact.read("BridgeTokens", "PlainToken");
const abi = new Interface(token.abi);

/** OpenZeppelin's ERC-20 as it is deployed. */
export const tokenCode = Hex.toBytes(token.deployedBytecode);

/** Its creation code. */
export const tokenCreation = token.bytecode;

/** The calldata of a transfer. */
export function transfer(to: bigint, amount: bigint): Uint8Array {
  const words = [Bytes.fromBigInt(to, 32), Bytes.fromBigInt(amount, 32)];
  return Bytes.concat(Hex.toBytes("0xa9059cbb"), ...words);
}

/** The calldata that makes tokens for somebody. */
export function mint(to: string, amount: bigint): string {
  return abi.encodeFunctionData("mint", [to, amount]);
}

/** The slot of a holder's balance: the token's first mapping. */
export function balanceSlot(holder: bigint): bigint {
  const words = Bytes.concat(Bytes.fromBigInt(holder, 32), new Uint8Array(32));
  return Bytes.toBigInt(keccak256(words));
}
