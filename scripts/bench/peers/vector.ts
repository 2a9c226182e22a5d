// Vector's channels as its npm package ships them, a proxy for each channel: the same scenario as ours, from the ABI in
// the package.
import { encodeAbiParameters, encodeFunctionData, keccak256, toHex } from "viem";
import { zeroAddress, zeroHash, type AbiFunction, type Address, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as PeerChain from "./peerChain.ts";
import * as PeerPackage from "./peerPackage.ts";

export const PACKAGE: PeerPackage.PeerPackage = {
  name: "@connext/vector-contracts@0.2.3",
  integrity:
    "sha512-Thyv+cDqTlA5lkGBa/ybQtqqlLBL82gJqLXDv3Wg44i2PE0h96jCluOF056VVYRj8Q8Rqt+jiK6FYhcVupzJyg==",
};

const PREFIX = "\x16Vector Signed Message:\n32";
const STATE = 0;
const WITHDRAWAL = 1;
const UNIT = 10n ** 18n;
const WINDOW = 3_600;
const PAID = 5n;

/** A channel belongs to two keys, so each has keys of its own; the sides are paid at the accounts of the court. */
type Held = {
  readonly address: Address;
  readonly asset: Address;
  readonly a: PeerChain.Player;
  readonly b: PeerChain.Player;
};

/** Runs the scenario; what each act took. */
export async function measure(
  chain: PeerChain.PeerChain,
  files: PeerPackage.Files,
): Promise<PeerChain.PeerGas> {
  const artifact = (name: string) =>
    PeerPackage.contract(files, `artifacts/src.sol/${name}.sol/${name}.json`);
  const [masterCopy, factory] = [artifact("ChannelMastercopy"), artifact("ChannelFactory")];
  const master = await PeerChain.deploy(chain, masterCopy);
  const { address, gas } = await PeerChain.deploy(chain, factory, [master.address, 0n]);
  const token = await PeerChain.mint(chain, address);
  const { carol, client } = chain;
  const acts = new Map<string, bigint>([["deploy", master.gas + gas]]);
  let keys = 0;

  const player = (account: Address): PeerChain.Player => {
    const key = keccak256(toHex(keys++));
    return { account, key, signer: privateKeyToAccount(key).address };
  };
  const pairOf = () => [player(chain.alice.account), player(chain.bob.account)] as const;
  const make = (functionName: string, args: readonly unknown[], value = 0n) => {
    const data = encodeFunctionData({ abi: factory.abi, functionName, args });
    return PeerChain.send(chain, { from: carol, to: address, data, value });
  };
  const call = (to: Address, functionName: string, args: readonly unknown[], value = 0n) => {
    const data = encodeFunctionData({ abi: masterCopy.abi, functionName, args });
    return PeerChain.send(chain, { from: carol, to, data, value });
  };
  const give = async (asset: Address, to: Address) => {
    if (asset === zeroAddress) return PeerChain.send(chain, { from: carol, to, value: UNIT });
    const args = [to, UNIT] as const;
    const data = encodeFunctionData({ abi: PeerChain.TOKEN, functionName: "transfer", args });
    return PeerChain.send(chain, { from: carol, to: asset, data });
  };
  /** Creates a channel with the first deposit, of ether in one transaction; then the second arrives by plain sending. */
  const open = async (asset: Address) => {
    const [a, b] = pairOf();
    const sides = [a.signer, b.signer];
    const isEther = asset === zeroAddress;
    const create = isEther ? "createChannelAndDepositAlice" : "createChannel";
    const created = isEther
      ? await make(create, [...sides, asset, UNIT], UNIT)
      : await make(create, sides);
    const place = await client.readContract({
      ...{ address, abi: factory.abi, functionName: "getChannelAddress", args: sides },
    });
    const held: Held = { address: place as Address, asset, a, b };
    if (!isEther) await PeerChain.approve(chain, asset, carol, held.address);
    const deposited = isEther ? 0n : await call(held.address, "depositAlice", [asset, UNIT]);
    return { held, first: created + deposited, second: await give(asset, held.address) };
  };

  const hashOf = (functionName: string, value: unknown) => {
    const [input] = masterCopy.abi
      .filter((item): item is AbiFunction => item.type === "function")
      .filter(({ name }) => name === functionName)
      .flatMap(({ inputs }) => inputs);
    if (input === undefined) throw new PeerPackage.NoSuchFileError(functionName);
    return keccak256(encodeAbiParameters([input], [value]));
  };
  const signatures = (kind: number, hash: Hex, { a, b }: Held) => {
    const commitment = PeerChain.hashOf(["uint8", "bytes32"], [kind, hash]);
    return Promise.all([a, b].map((one) => PeerChain.signBehind(PREFIX, commitment, one)));
  };
  const withdraw = async (held: Held, recipient: Address, amount: bigint, nonce: bigint) => {
    const order = {
      ...{ channelAddress: held.address, assetId: held.asset, recipient, amount, nonce },
      ...{ callTo: zeroAddress, callData: "0x" },
    };
    const signed = await signatures(WITHDRAWAL, hashOf("withdraw", order), held);
    return call(held.address, "withdraw", [order, ...signed]);
  };
  const stateOf = ({ address: channelAddress, asset, a, b }: Held, nonce: bigint) => ({
    ...{ channelAddress, alice: a.signer, bob: b.signer, assetIds: [asset] },
    balances: [{ amount: [UNIT - PAID, UNIT + PAID], to: [a.account, b.account] }],
    ...{ processedDepositsA: [UNIT], processedDepositsB: [UNIT], defundNonces: [1n] },
    ...{ timeout: BigInt(WINDOW), nonce, merkleRoot: zeroHash },
  });
  const dispute = async (held: Held, nonce: bigint) => {
    const state = stateOf(held, nonce);
    const signed = await signatures(STATE, hashOf("disputeChannel", state), held);
    return call(held.address, "disputeChannel", [state, ...signed]);
  };
  const paying = (held: Held, act: () => Promise<bigint>) =>
    PeerChain.paying(chain, held.asset, [UNIT - PAID, UNIT + PAID], act);
  const close = async (held: Held) =>
    paying(held, async () => {
      const first = await withdraw(held, held.a.account, UNIT - PAID, 1n);
      return first + (await withdraw(held, held.b.account, UNIT + PAID, 2n));
    });
  const settle = async (held: Held) => {
    await dispute(held, 5n);
    await PeerChain.wait(chain, WINDOW);
    return paying(held, async () => {
      const { asset, address: place } = held;
      let sum = await call(place, "defundChannel", [stateOf(held, 5n), [asset], [0n]]);
      for (const { account } of [held.a, held.b]) {
        sum += await call(place, "exit", [asset, account, account]);
      }
      return sum;
    });
  };

  const [ether, ofToken] = [await open(zeroAddress), await open(token)];
  for (const [{ first, second }, name] of [
    [ether, "ether"],
    [ofToken, "token"],
  ] as const) {
    acts.set(`first deposit of ${name}`, first);
    acts.set(`second deposit of ${name}`, second);
    acts.set(`both sides at once, ${name}`, first + second);
  }
  acts.set("close", await close(ether.held));
  acts.set("close, token", await close(ofToken.held));
  const drawn = (await open(zeroAddress)).held;
  acts.set("first withdrawal", await withdraw(drawn, drawn.a.account, PAID, 1n));
  acts.set("next withdrawal", await withdraw(drawn, drawn.a.account, PAID, 2n));
  const disputed = (await open(zeroAddress)).held;
  acts.set("challenge", await dispute(disputed, 5n));
  acts.set("respond", await dispute(disputed, 7n));
  acts.set("settle from the head", await settle((await open(zeroAddress)).held));
  acts.set("settle from the head, token", await settle((await open(token)).held));
  return { of: "Vector 0.2.3", acts };
}
