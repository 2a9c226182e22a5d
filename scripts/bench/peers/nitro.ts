// Nitro's adjudicator as its npm package ships it: the same scenario as ours, from the ABI in the package.
import {
  encodeAbiParameters,
  encodeFunctionData,
  keccak256,
  pad,
  parseSignature,
  zeroAddress,
} from "viem";
import type { Address, Hex } from "viem";
import * as PeerChain from "./peerChain.ts";
import * as PeerPackage from "./peerPackage.ts";

export const PACKAGE: PeerPackage.PeerPackage = {
  name: "@statechannels/nitro-protocol@0.17.3",
  integrity:
    "sha512-E372J29OerSFR5RdSwJPPy24C4WXOg9ibTvZ8wueIh0Kii0rNrY/3YxJ9ZFClKpnpZWFo3e2ATMD2Q/Nomf9wA==",
};

const CONTRACT = "lib/artifacts/contracts/NitroAdjudicator.sol/NitroAdjudicator.json";
const PREFIX = "\x19Ethereum Signed Message:\n32";
const UNIT = 10n ** 18n;
const WINDOW = 3_600;
const NO_APP = { app: zeroAddress, data: "0x" } as const;

/** A channel, and the state of it that both sign: who is paid what of each asset. */
type State = {
  readonly nonce: bigint;
  readonly turn: bigint;
  readonly isFinal: boolean;
  readonly assets: readonly Address[];
  readonly toA: bigint;
};

/** Runs the scenario; what each act took. */
export async function measure(
  chain: PeerChain.PeerChain,
  files: PeerPackage.Files,
): Promise<PeerChain.PeerGas> {
  const contract = PeerPackage.contract(files, CONTRACT);
  const { address, gas } = await PeerChain.deploy(chain, contract);
  const token = await PeerChain.mint(chain, address);
  const { alice, bob, carol } = chain;
  const acts = new Map<string, bigint>([["deploy", gas]]);
  let nonces = 0n;

  const call = (functionName: string, args: readonly unknown[], from = carol, value = 0n) => {
    const data = encodeFunctionData({ abi: contract.abi, functionName, args });
    return PeerChain.send(chain, { from, to: address, data, value });
  };
  const chainId = BigInt(await chain.client.getChainId());
  const participants = [alice.signer, bob.signer];
  const fixedPart = ({ nonce }: State) => ({
    ...{ chainId, participants, channelNonce: nonce },
    ...{ appDefinition: NO_APP.app, challengeDuration: WINDOW },
  });
  const idOf = ({ nonce }: State) =>
    PeerChain.hashOf(["uint256", "address[]", "uint256"], [chainId, participants, nonce]);
  const appPart = PeerChain.hashOf(
    ["uint256", "address", "bytes"],
    [BigInt(WINDOW), NO_APP.app, NO_APP.data],
  );
  const hashOf = (state: State) =>
    PeerChain.hashOf(
      ["uint256", "bool", "bytes32", "bytes32", "bytes32"],
      [state.turn, state.isFinal, idOf(state), appPart, outcomeHash(state)],
    );
  const outcomeOf = ({ assets, toA }: State) =>
    encodeOutcome(assets, [
      { destination: pad(alice.account), amount: toA },
      { destination: pad(bob.account), amount: 2n * UNIT - toA },
    ]);
  const outcomeHash = (state: State) => keccak256(outcomeOf(state));
  const sign = async (hash: Hex, player: PeerChain.Player) => {
    const { r, s, yParity } = parseSignature(await PeerChain.signBehind(PREFIX, hash, player));
    return { v: 27 + yParity, r, s };
  };
  const signatures = (state: State) =>
    Promise.all([alice, bob].map((player) => sign(hashOf(state), player)));

  const deposit = (state: State, asset: Address, isSecond: boolean) => {
    const value = asset === zeroAddress ? UNIT : 0n;
    const held = isSecond ? UNIT : 0n;
    return call("deposit", [asset, idOf(state), held, UNIT], alice.account, value);
  };
  const fund = async (changes: Partial<State> = {}): Promise<State> => {
    const state = { nonce: nonces++, turn: 5n, isFinal: false, assets: [zeroAddress] };
    const funded: State = { ...state, toA: UNIT - 5n, ...changes };
    for (const asset of funded.assets) {
      for (const isSecond of [false, true]) await deposit(funded, asset, isSecond);
    }
    return funded;
  };
  const supported = async (state: State) => [
    ...[fixedPart(state), state.turn, [{ outcome: outcomeOf(state), appData: NO_APP.data }], 0],
    ...[await signatures(state), [0, 0]],
  ];
  const challenge = async (state: State) => {
    const wish = PeerChain.hashOf(["bytes32", "string"], [hashOf(state), "forceMove"]);
    return call("challenge", [...(await supported(state)), await sign(wish, alice)], alice.account);
  };
  const paying = async (state: State, act: () => Promise<bigint>) => {
    const [first = zeroAddress] = state.assets;
    const shares = [state.toA, 2n * UNIT - state.toA] as const;
    return PeerChain.paying(chain, first, shares, act);
  };
  const close = async (state: State) => {
    const final = { ...state, isFinal: true };
    const proof = [appPart, outcomeOf(final), 1, [0, 0], await signatures(final)];
    return paying(state, () =>
      call("concludeAndTransferAllAssets", [final.turn, fixedPart(final), ...proof]),
    );
  };
  const ended = async (state: State) => {
    await challenge(state);
    await PeerChain.wait(chain, WINDOW);
    return [idOf(state), outcomeOf(state), hashOf(state)];
  };
  const settle = async (state: State) => {
    const args = await ended(state);
    return paying(state, () => call("transferAllAssets", args));
  };

  // The contract holds both assets already, as ours does.
  await fund({ assets: [zeroAddress, token] });
  for (const [asset, name] of [
    [zeroAddress, "ether"],
    [token, "token"],
  ] as const) {
    const state: State = { nonce: nonces++, turn: 5n, isFinal: false, assets: [asset], toA: UNIT };
    const first = await deposit(state, asset, false);
    const second = await deposit(state, asset, true);
    acts.set(`first deposit of ${name}`, first);
    acts.set(`second deposit of ${name}`, second);
    acts.set(`both sides at once, ${name}`, first + second);
  }
  acts.set("close", await close(await fund()));
  acts.set("close, token", await close(await fund({ assets: [token] })));
  acts.set("close, two assets", await close(await fund({ assets: [zeroAddress, token] })));
  const disputed = await fund();
  acts.set("challenge", await challenge(disputed));
  acts.set("respond", await call("checkpoint", await supported({ ...disputed, turn: 7n })));
  // Its state is presented whenever it settles.
  const settled = await settle(await fund());
  acts.set("settle from the head", settled);
  acts.set("settle by the state presented", settled);
  // One of those that are paid sends it, and what it is paid is not told from what it pays.
  const own = await ended(await fund());
  acts.set(
    "settle from the head, sent by a side",
    await call("transferAllAssets", own, alice.account),
  );
  acts.set("settle from the head, token", await settle(await fund({ assets: [token] })));
  return { of: "Nitro 0.17.3", acts };
}

type Share = { readonly destination: Hex; readonly amount: bigint };

/** Each asset divided in the same way: an allocation (kind 0) in the bytes of each. */
function encodeOutcome(assets: readonly Address[], shares: readonly Share[]): Hex {
  const tuple = (components: readonly { name: string; type: string }[], type = "tuple") => ({
    ...{ type, components },
  });
  const share = [
    { name: "destination", type: "bytes32" },
    { name: "amount", type: "uint256" },
  ];
  const allocation = encodeAbiParameters([tuple(share, "tuple[]")], [shares]);
  const content = encodeAbiParameters(
    [
      tuple([
        { name: "kind", type: "uint8" },
        { name: "bytes", type: "bytes" },
      ]),
    ],
    [{ kind: 0, bytes: allocation }],
  );
  const outcome = [
    { name: "asset", type: "address" },
    { name: "content", type: "bytes" },
  ];
  return encodeAbiParameters(
    [tuple(outcome, "tuple[]")],
    [assets.map((asset) => ({ asset, content }))],
  );
}
