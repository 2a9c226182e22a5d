// Chains whose blocks take everything that blocks take: deposits, transactions of all types, what is none, batches.
import fc from "fast-check";
import { hashAuthorization, SigningKey } from "ethers";
import type * as Fork from "../../src/machine/fork.ts";
import * as Opcode from "../../src/machine/opcode.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Body from "../../src/protocol/body.ts";
import * as Bodies from "../../test/harness/bodies.ts";
import * as L1Chain from "../../test/harness/l1Chain.ts";
import * as L2Chain from "../../test/harness/l2Chain.ts";
import { assemble, call } from "../../test/parity/program.ts";

const PROGRAM = 0xc0den;
const NOBODY = "0x0000000000000000000000000000000000000404";
const TO_BOB = addressHex(L2Chain.addressOf(L2Chain.BOB));
const TO_PROGRAM = addressHex(PROGRAM);
// Logs one topic, then destroys itself in favour of its caller.
const SHORT_LIVED = "0x60015f5fa133ff";
const DAMAGED_CHAINS = 6;
const FORKS = ["Osaka", "Prague", "Cancun"] as const;

// Stores, logs, calls itself once and asks for the hash of a block.
const program = assemble(
  call(Opcode.SSTORE, 1n, 2n),
  call(Opcode.LOG0 + 1, 0n, 40n, 7n),
  call(Opcode.BLOCKHASH, 0n),
  call(Opcode.STATICCALL, 3_000n, PROGRAM, 0n, 0n, 0n, 32n),
  call(Opcode.RETURN, 0n, 32n),
);

/** Chains by name, of every fork. */
export function chains(seed: number): ReadonlyMap<string, L2Chain.L2Chain> {
  const named = new Map<string, L2Chain.L2Chain>();
  for (const fork of FORKS) named.set(`everything ${fork}`, everything(fork));
  fc.sample(Bodies.posts, { seed, numRuns: DAMAGED_CHAINS }).forEach((posts, index) => {
    named.set(`damaged ${index}`, Bodies.chainOf(posts));
  });
  return named;
}

function everything(fork: Fork.Fork): L2Chain.L2Chain {
  const chain = L2Chain.create([L2Chain.contractAt(PROGRAM, Hex.fromBytes(program))], fork);
  const { l1 } = chain;
  L1Chain.deposit(l1, { mint: 5n, value: 2n, data: Hex.toBytes("0x00ff00") });
  L1Chain.deposit(l1, { isCreation: true, data: Hex.toBytes(SHORT_LIVED) });
  L1Chain.deposit(l1, { mint: 1n, value: 9n, gasLimit: 21_000n });
  const timestamp = L2Chain.GENESIS_TIME + 2n;
  const first = { timestamp, transactions: firstTransactions(chain) };
  const blocks = [first, { timestamp: 2n ** 64n - 1n, transactions: lastTransactions() }];
  L1Chain.post(l1, { blocks: 3n, body: Body.encode(blocks), depositsTo: 2n });
  L1Chain.mine(l1);
  // Deposits whose gas fits one block only one by one, so that the next block takes the other.
  L1Chain.deposit(l1, { gasLimit: 2n ** 24n, isCreation: true, data: Bytes.EMPTY });
  L1Chain.deposit(l1, { gasLimit: 2n ** 24n, data: new Uint8Array(1_500).fill(1) });
  L1Chain.post(l1, { blocks: 2n, body: Bytes.EMPTY });
  return chain;
}

function firstTransactions(chain: L2Chain.L2Chain): Uint8Array[] {
  const accessList = [{ address: TO_PROGRAM, storageKeys: [Hex.fromBytes(new Uint8Array(32))] }];
  const authorization = { address: NOBODY, nonce: 0n, chainId: chain.context.chainId };
  const signature = new SigningKey(L2Chain.BOB).sign(hashAuthorization(authorization));
  const authorizationList = [{ ...authorization, signature }];
  return [
    L2Chain.transaction(L2Chain.ALICE, 0, { to: TO_PROGRAM, value: 1n, accessList }),
    L2Chain.transaction(L2Chain.ALICE, 9, { to: TO_BOB }),
    Bytes.EMPTY,
    L2Chain.transaction(L2Chain.ALICE, 1, { type: 4, to: TO_PROGRAM, authorizationList }),
    new Uint8Array(70_000),
    L2Chain.legacy(L2Chain.BOB, 0, { to: TO_BOB }),
  ];
}

function lastTransactions(): Uint8Array[] {
  return [
    L2Chain.transaction(L2Chain.ALICE, 2, { to: null, data: SHORT_LIVED }),
    L2Chain.transaction(L2Chain.ALICE, 1, { to: null, data: SHORT_LIVED }),
    Uint8Array.of(0x7e, 0xc0),
    new Uint8Array(1_100),
  ];
}

function addressHex(address: bigint): string {
  return Hex.fromBytes(Bytes.fromBigInt(address, 20));
}
