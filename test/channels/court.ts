// An adjudicator on a Hardhat L1 and its model, called in lockstep: every call must do the same to both, and after each one the
// contract holds exactly what it owes.
import { expect } from "chai";
import { HDNodeWallet, Mnemonic } from "ethers";
import type { Interface, TransactionReceipt } from "ethers";
import { network } from "hardhat";
import * as Adjudicator from "../../src/channels/adjudicator.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import type { AdjudicatorEvent } from "../../src/channels/adjudicatorEvent.ts";
import type { Surroundings } from "../../src/channels/adjudicatorWork.ts";
import { CallRejected } from "../../src/channels/callRejected.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Params from "../../src/channels/params.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { owed } from "./owed.ts";

export const CHAIN_ID = 31_337n;
const MNEMONIC = "test test test test test test test test test test test junk";
const GAS_LIMIT = 10_000_000n;

/** Somebody with an account on the chain, and a key for channels besides. */
export type Party = {
  readonly name: string;
  readonly account: Uint8Array;
  readonly secret: Uint8Array;
  readonly keyAddress: Uint8Array;
  readonly keySecret: Uint8Array;
};

/** What became of a call, on both sides alike. */
export type Outcome =
  | { readonly kind: "made"; readonly gas: bigint; readonly receipt: TransactionReceipt }
  | { readonly kind: "rejected"; readonly reason: string; readonly values: readonly unknown[] };

/** Answers of other contracts that the model takes from the test. */
export type Rules = {
  /** Whether money sent to an account arrives. */
  arrives: (token: Uint8Array, to: Uint8Array) => boolean;
  /** What arrives of a deposit of tokens. */
  received: (token: Uint8Array, amount: bigint) => bigint;
  ask: Surroundings["ask"];
  codeHash: Surroundings["codeHash"];
  validTransition: Surroundings["validTransition"];
};

export type Court = Awaited<ReturnType<typeof openCourt>>;

/** Deploys an adjudicator on a fresh L1, with a model beside it. */
export async function openCourt() {
  const { ethers, provider } = await network.create("l1");
  const contract = await ethers.deployContract("Adjudicator");
  const address = await contract.getAddress();
  const abi = contract.interface;
  const born = await ethers.provider.getBlock("latest");
  if (born === null) throw new RangeError("the chain has a latest block");
  const home = Params.home(CHAIN_ID, Hex.toBytes(address));
  const domain = TypedData.domainSeparator(CHAIN_ID, Hex.toBytes(address));
  const alice = party("alice", 0);
  const bob = party("bob", 1);
  const carol = party("carol", 2);
  const tower = party("tower", 3);
  const parties = [alice, bob, carol, tower];

  let model = Adjudicator.empty();
  let time = BigInt(born.timestamp);
  const bonds = new Map<string, bigint>();
  const tokens: Uint8Array[] = [ETHER];
  const rules: Rules = {
    arrives: () => true,
    received: (_, amount) => amount,
    ask: () => false,
    codeHash: () => new Uint8Array(32),
    validTransition: () => false,
  };
  const around: Surroundings = {
    home,
    domain,
    pull: (token, _, amount) => rules.received(token, amount),
    push: (token, to) => rules.arrives(token, to),
    ask: (...question) => rules.ask(...question),
    codeHash: (account) => rules.codeHash(account),
    validTransition: (...question) => rules.validTransition(...question),
  };

  /** Moves the clock of both sides. */
  function wait(seconds: bigint): void {
    time += seconds;
  }

  /** Makes a call a second after the last one, on both sides. */
  async function make(
    call: AdjudicatorCall,
    from = carol,
    value = valueOf(call),
  ): Promise<Outcome> {
    await catchUp();
    wait(1n);
    return makeNow(call, from, value);
  }

  /** Takes the time of the latest block, which a test may have mined by itself. */
  async function catchUp(): Promise<void> {
    const latest = await ethers.provider.getBlock("latest");
    if (latest === null) throw new RangeError("the chain has a latest block");
    if (BigInt(latest.timestamp) > time) time = BigInt(latest.timestamp);
  }

  /** Makes a call at the current time, on both sides. */
  async function makeNow(
    call: AdjudicatorCall,
    from = carol,
    value = valueOf(call),
  ): Promise<Outcome> {
    remember(call);
    const expected = judge(call, from.account, value);
    const actual = await sendNow(AdjudicatorAbi.encode(abi, call), from, value, GAS_LIMIT);
    if (expected.kind === "rejected" || actual.kind === "rejected") {
      expect(actual).to.deep.equal(expected);
      return actual;
    }
    expect(AdjudicatorAbi.decode(abi, actual.receipt.logs)).to.deep.equal(
      expected.events.map((event) => AdjudicatorAbi.plainEvent(event)),
    );
    await expectSolvent();
    return actual;
  }

  function judge(call: AdjudicatorCall, sender: Uint8Array, value: bigint) {
    try {
      const result = Adjudicator.apply(model, call, { sender, value, time }, around);
      model = result.ledger;
      return { kind: "made", events: result.events } as const;
    } catch (error) {
      if (!(error instanceof CallRejected)) throw error;
      const values = error.values.map(AdjudicatorAbi.plain);
      return { kind: "rejected", reason: error.reason, values } as const;
    }
  }

  /** Tells the model of a call that reached the contract in another way. */
  function follow(call: AdjudicatorCall, sender: Uint8Array): void {
    expect(judge(call, sender, 0n).kind).to.equal("made");
  }

  /** Sends calldata to the contract alone, in a block of its own, a second after the last one. */
  async function send(data: string, from = carol, value = 0n, gas = GAS_LIMIT): Promise<Outcome> {
    await catchUp();
    wait(1n);
    return sendNow(data, from, value, gas);
  }

  async function sendNow(data: string, from: Party, value: bigint, gas: bigint): Promise<Outcome> {
    await provider.request({ method: "evm_setNextBlockTimestamp", params: [Number(time)] });
    const transaction = {
      from: Hex.fromBytes(from.account),
      to: address,
      data,
      gas: Hex.fromBigInt(gas),
      value: Hex.fromBigInt(value),
    };
    try {
      const hash = await provider.request({
        method: "eth_sendTransaction",
        params: [transaction],
      });
      const receipt = await ethers.provider.getTransactionReceipt(String(hash));
      if (receipt === null) throw new RangeError("automine leaves a receipt");
      return { kind: "made", gas: receipt.gasUsed, receipt };
    } catch (error) {
      return rejection(abi, error);
    }
  }

  /** Fails unless the contract holds exactly what pots, vaults, reserves and bonds add up to. */
  async function expectSolvent(): Promise<void> {
    for (const token of tokens) {
      const held =
        token === ETHER
          ? await ethers.provider.getBalance(address)
          : await (
              await ethers.getContractAt("StrangeToken", Hex.fromBytes(token))
            ).balanceOf(address);
      expect(held, Hex.fromBytes(token)).to.equal(owed(model, token, bonds));
    }
  }

  function remember(call: AdjudicatorCall): void {
    if (call.kind === "attempt") call.calls.forEach(remember);
    if (call.kind !== "challenge") return;
    bonds.set(Hex.key(Params.channelId(call.params, home)), call.params.bond);
  }

  /** A token with these manners, of which everybody has plenty and lets the adjudicator take it. */
  async function mint(manner = "PLAIN", holders: readonly Party[] = parties) {
    const token = await ethers.deployContract("StrangeToken", [address, MANNERS.indexOf(manner)]);
    for (const { account } of holders) await token.mint(Hex.fromBytes(account), 2n ** 120n);
    await catchUp();
    const bytes = Hex.toBytes(await token.getAddress());
    tokens.push(bytes);
    return { token: bytes, contract: token };
  }

  return {
    ...{ ethers, provider, contract, address, abi, home, domain },
    ...{ alice, bob, carol, tower, parties, rules, tokens },
    model: () => model,
    now: () => time,
    ...{ wait, make, makeNow, follow, send, mint, expectSolvent },
  };
}

/** How StrangeToken.sol behaves, in the order of its enum. */
export const MANNERS: readonly string[] = [
  "PLAIN",
  "SILENT",
  "FALSE",
  "REVERTING",
  "TAKING_A_FEE",
  "BOMB",
  "BURNING",
  "REENTERING",
];

/** Asserts that a call was rejected for one reason, with these values. */
export function expectRejected(
  outcome: Outcome,
  reason: string,
  values: readonly (Uint8Array | bigint | number | boolean)[],
): void {
  expect(outcome).to.deep.equal({
    kind: "rejected",
    reason,
    values: values.map(AdjudicatorAbi.plain),
  });
}

/** Asserts that a call was made, and tells what it cost. */
export function expectMade(outcome: Outcome): { gas: bigint; receipt: TransactionReceipt } {
  if (outcome.kind === "rejected") {
    expect.fail(`${outcome.reason}(${outcome.values.map(String).join(", ")})`);
  }
  return outcome;
}

/** The events of one kind among what the contract logged. */
export function eventsIn(court: Court, outcome: Outcome, kind: AdjudicatorEvent["kind"]) {
  return AdjudicatorAbi.decode(court.abi, expectMade(outcome).receipt.logs).filter(
    (event) => event.kind === kind,
  );
}

function valueOf(call: AdjudicatorCall): bigint {
  if (call.kind === "challenge") return call.params.bond;
  const isEther = "token" in call && call.token.every((byte) => byte === 0);
  if (call.kind === "depositVault" && isEther) return call.amount;
  if (call.kind === "openDual" && call.draw.token.every((byte) => byte === 0)) return call.amount;
  return 0n;
}

function party(name: string, index: number): Party {
  const wallet = HDNodeWallet.fromMnemonic(
    Mnemonic.fromPhrase(MNEMONIC),
    `m/44'/60'/0'/0/${index + 1}`,
  );
  const key = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), `m/44'/60'/1'/0/${index}`);
  return {
    name,
    account: Hex.toBytes(wallet.address),
    secret: Hex.toBytes(wallet.privateKey),
    keyAddress: Hex.toBytes(key.address),
    keySecret: Hex.toBytes(key.privateKey),
  };
}

function rejection(abi: Interface, error: unknown): Outcome {
  const data = revertData(error);
  if (data === undefined) throw error;
  const parsed = data === "0x" ? null : abi.parseError(data);
  // Nothing, or an error of another contract that bubbled up.
  if (parsed === null) return { kind: "rejected", reason: data, values: [] };
  return {
    kind: "rejected",
    reason: parsed.name,
    values: parsed.args.map((value: unknown) => AdjudicatorAbi.plain(value)),
  };
}

// Hardhat gives the bytes themselves, or an object that holds them.
function revertData(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("data" in error)) return undefined;
  const { data } = error;
  if (typeof data === "string") return data;
  if (typeof data !== "object" || data === null || !("data" in data)) return undefined;
  return typeof data.data === "string" ? data.data : undefined;
}
