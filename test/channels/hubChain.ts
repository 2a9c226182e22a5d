// Hubs on a real adjudicator: a chain, the people on it, and two of them with a channel.
import hre from "hardhat";
import type { AddressInfo } from "node:net";
import { createPublicClient, createWalletClient, custom, keccak256 } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import type * as Channel from "../../src/channels/client/channel.ts";
import * as NimApp from "../../src/channels/client/nimApp.ts";
import type { Policy } from "../../src/channels/client/policy.ts";
import type { Params } from "../../src/channels/params.ts";
import * as Adjudicator from "../../src/hub/adjudicator.ts";
import { Hub } from "../../src/hub/hub.ts";
import * as Log from "../../src/hub/log.ts";
import * as Calls from "../../src/l1/adjudicatorCalls.ts";
import * as Send from "../../src/l1/send.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { ETHER, POLICY } from "./clientWorld.ts";
import * as HubStand from "./hubStand.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const TIMING = { tickMs: 20, pollMs: 10, redialMs: 20 };
export const CHAIN_ID = 31_337n;
export const MONEY = 10n ** 18n;

/** A chain with an adjudicator and Nim. */
export async function openChain() {
  const connection = await hre.network.create("l1");
  const { ethers, provider } = connection;
  const contract = await ethers.deployContract("Adjudicator");
  const adjudicator = Hex.toBytes(await contract.getAddress());
  const court: Channel.Court = { chainId: CHAIN_ID, adjudicator };
  const app = await (await ethers.deployContract("NimApp")).getAddress();
  const code = await ethers.provider.getCode(app);
  const nim = NimApp.at(Hex.toBytes(app), Hex.toBytes(keccak256(code as `0x${string}`)));
  const abort = new AbortController();
  const transport = custom({ request: (request) => provider.request(request) }, { retryCount: 0 });
  const client = createPublicClient({ chain: hardhat, transport, cacheTime: 0 });
  const said: string[] = [];
  const say = (line: string) => void said.push(line);

  /** A party by number: its key on the chain is its key in channels. */
  const person = (addressIndex: number) => {
    const account = mnemonicToAccount(MNEMONIC, { addressIndex });
    const privateKey = account.getHdKey().privateKey;
    if (privateKey === null) throw new RangeError("an account of a mnemonic has a key");
    const wallet = createWalletClient({ chain: hardhat, transport, account });
    const retry = { signal: abort.signal, say };
    const sender = Send.create(client, wallet, retry, { pollMs: 5, repriceMs: 5_000 });
    return { privateKey, address: Hex.toBytes(account.address), sender };
  };
  const startHub = async (
    one: ReturnType<typeof person>,
    disk: MemoryDisk.MemoryDisk,
    signal = abort.signal,
  ) =>
    new Hub({
      ...{ privateKey: one.privateKey, log: await Log.open(disk), signal },
      policyOf: (): Policy => ({ ...POLICY, apps: [nim], graceMs: 1_000 }),
      chains: [
        Adjudicator.chainOf({ court, sender: one.sender, confirmations: 0n, fromBlock: 0n }),
      ],
      ...{ timing: TIMING, say },
    });
  const pass = async (seconds: number) => {
    await provider.request({ method: "evm_increaseTime", params: [seconds] });
    await provider.request({ method: "evm_mine", params: [] });
  };
  /** Answers what takes back all blocks that are made from now on. */
  const fork = async () => {
    const id = await provider.request({ method: "evm_snapshot", params: [] });
    return async () => void (await provider.request({ method: "evm_revert", params: [id] }));
  };
  return { client, court, nim, abort, said, say, person, startHub, pass, fork };
}

export type Chain = Awaited<ReturnType<typeof openChain>>;

/** Alice and Bob with a channel of one ether each, ready to pay. */
export async function aliceAndBob(chain: Chain) {
  const [alice, bob] = [chain.person(1), chain.person(2)];
  const [aliceLife, bobLife] = [new AbortController(), new AbortController()];
  for (const life of [aliceLife, bobLife]) {
    chain.abort.signal.addEventListener("abort", () => life.abort());
  }
  const [aliceDisk, bobDisk] = [MemoryDisk.create(), MemoryDisk.create()];
  const aliceHub = await chain.startHub(alice, aliceDisk, aliceLife.signal);
  const bobHub = await chain.startHub(bob, bobDisk, bobLife.signal);
  const params: Params = {
    ...{ a: alice.address, b: bob.address, keyA: ETHER, keyB: ETHER, token: ETHER },
    ...{ period: 600n, bond: 0n, salt: 0x5a17_5a17_5a17_5a17n },
  };
  const { terms } = aliceHub.open(chain.court, params);
  bobHub.open(chain.court, params);
  const { adjudicator } = chain.court;
  await Send.send(alice.sender, Calls.deposit(adjudicator, terms.id, "A", ETHER, MONEY));
  await Send.send(bob.sender, Calls.deposit(adjudicator, terms.id, "B", ETHER, MONEY));
  const server = await bobHub.serve(0);
  const { port } = server.address() as AddressInfo;
  const to = { host: "127.0.0.1", port, peer: bob.address };
  void aliceHub.keepConnected(to);
  await HubStand.until(() => aliceHub.channel(terms.id).session?.peer !== undefined);
  await HubStand.until(() =>
    [aliceHub, bobHub].every((hub) => hub.channel(terms.id).chain?.pots[0]?.deposited.B === MONEY),
  );
  aliceHub.nameAsset(terms.id, ETHER);
  await HubStand.until(() => bobHub.channel(terms.id).latest.content.assets.length > 0);
  return { alice, bob, aliceHub, bobHub, aliceLife, bobLife, aliceDisk, bobDisk, terms };
}
