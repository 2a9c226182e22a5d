// Two sides whose signers are contracts, of which one says yes to anything: it can sign what it likes for itself, and take
// nothing that the other has signed for its own.
import { expect } from "chai";
import { keccak256 as keccakOfHex } from "ethers";
import * as Nim from "../../src/channels/apps/nim.ts";
import type { AppState } from "../../src/channels/appState.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Head from "../../src/channels/head.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Ledger from "../../src/channels/ledger.ts";
import { SIDE_A, SIDE_B } from "../../src/channels/signing.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { HOUR, NO_SIGNATURE, channelOf } from "./channel.ts";
import { eventsIn, expectMade, expectRejected, openCourt } from "./court.ts";

/** PUSH32 of the magic value, MSTORE at 0, RETURN of 32 bytes. */
const YES = `0x7f1626ba7e${"00".repeat(28)}5f5260205ff3`;
const BOND = 5n;
const START: Nim.Game = { stones: 10, isTurnOfB: true, base: 10n, stake: 20n };

const court = await openCourt();
const { bob, tower } = court;
const keyA = new Uint8Array(20).fill(0xa5);
await court.provider.request({
  method: "hardhat_setCode",
  params: [Hex.fromBytes(keyA), YES],
});
const wallet = await court.ethers.deployContract("StrangeAccount", [
  ...[court.address, Hex.fromBytes(bob.account)],
]);
const keyB = Hex.toBytes(await wallet.getAddress());
const nim = await court.ethers.deployContract("NimApp");
const app = Hex.toBytes(await nim.getAddress());
const codeHash = Hex.toBytes(keccakOfHex(await court.ethers.provider.getCode(Hex.fromBytes(app))));

court.rules.ask = (signer, digest, signature) => {
  if (Bytes.equals(signer, keyA)) return true;
  const recovered = CompactSignature.recover(digest, signature);
  return (
    Bytes.equals(signer, keyB) && recovered !== undefined && Bytes.equals(recovered, bob.account)
  );
};
court.rules.codeHash = () => codeHash;
court.rules.validTransition = (_, __, prev, prevData, next, nextData, moverIsB) =>
  Nim.validTransition(prev, prevData, next, nextData, moverIsB);

const appOf = (game: Nim.Game): AppState => ({ app, codeHash, data: Nim.encode(game) });

/** What a contract signs, behind the byte of a side. */
const sided = (side: number, word: Uint8Array) => Bytes.concat(Uint8Array.of(side), word);

/** A channel of the two, and its state of version 5, in which it is bob's turn. */
async function begun() {
  const channel = channelOf(court, { keyA, keyB, bond: BOND });
  await channel.fund(false, 100n);
  await channel.fund(true, 50n);
  const state = channel.state(5n, { net: Nim.netOf(START), app: appOf(START) });
  const signatureB = channel.sign(ChannelState.hash(state), bob.secret);
  const presented: CoSigned = { state, signatureA: NO_SIGNATURE, signatureB };
  return { channel, presented };
}

type Begun = Awaited<ReturnType<typeof begun>>;

function challenge({ channel, presented }: Begun, signature: Uint8Array) {
  const { params } = channel;
  return court.make({ kind: "challenge", params, presented, signature }, tower);
}

function wishOf({ channel, presented }: Begun): Uint8Array {
  return channel.challengeSignature(presented, bob.secret);
}

/** Bob's move in that game, with this signature of his contract. */
async function move({ channel, presented }: Begun, signed: (word: Uint8Array) => Uint8Array) {
  const game = { ...START, stones: START.stones - 2, isTurnOfB: false };
  const next = channel.state(6n, { net: Nim.netOf(game), app: appOf(game) });
  const hash = ChannelState.hash(next);
  const outcome = await court.make({
    ...{ kind: "forceMove", params: channel.params, prev: presented, next },
    ...{ prevApp: appOf(START), nextApp: appOf(game) },
    signature: signed(channel.sign(hash, bob.secret)),
  });
  return { outcome, digest: TypedData.digest(court.domain, hash) };
}

describe("a side whose contract says yes to anything", () => {
  it("takes no challenge of the other for its own, and with it the bond", async () => {
    const one = await begun();
    const { id } = one.channel;
    const outcome = await challenge(one, sided(SIDE_B, wishOf(one)));
    expect(eventsIn(court, outcome, "Challenged")[0]).to.include({ challengerIsB: true });
    court.wait(HOUR);
    const settled = await one.channel.settleState(one.presented);
    expect(eventsIn(court, settled, "BondPaid")[0]).to.deep.equal({
      ...{ kind: "BondPaid", id: Hex.fromBytes(id), account: Hex.fromBytes(bob.account) },
      amount: BOND,
    });
  });

  it("takes no move of the other for its own, out of its turn", async () => {
    const one = await begun();
    expectMade(await challenge(one, sided(SIDE_B, wishOf(one))));
    const { outcome } = await move(one, (word) => sided(SIDE_B, word));
    expectMade(outcome);
    const head = Ledger.headOf(court.model(), one.channel.id);
    expect(head).to.include({ version: 6n, moves: 1n });
    expect(Head.has(head, Head.MOVED_BY_B)).to.equal(true);
  });

  it("takes no promise of the other for its own, which nobody has reserved anything for", async () => {
    const one = await begun();
    const { channel, presented } = one;
    const { params, id } = channel;
    const first = { ...one, presented: channel.initial };
    expectMade(await challenge(first, sided(SIDE_B, wishOf(first))));
    const { account } = bob;
    await court.make({ kind: "depositVault", account, token: ETHER, amount: 9n }, bob);
    await court.make(
      { kind: "reserveFee", id, tower: tower.account, token: ETHER, amount: 9n },
      bob,
    );
    const deadline = court.now() + HOUR;
    const fee = {
      ...{ channelId: id, tower: tower.account, token: ETHER, amount: 9n },
      ...{ minVersion: 5n, deadline },
    };
    const signature = sided(SIDE_B, channel.feeSignature(fee, bob.secret));
    const respond = { kind: "respondFor", params, presented, fee, signature } as const;
    const paid = eventsIn(court, await court.make(respond, tower), "FeePaid")[0];
    expect(paid).to.include({ account: Hex.fromBytes(account), amount: 9n });
  });

  it("speaks for its own side alone, and no contract for a side that it does not name", async () => {
    const one = await begun();
    const outcome = await challenge(one, sided(SIDE_A, Bytes.EMPTY));
    expect(eventsIn(court, outcome, "Challenged")[0]).to.include({ challengerIsB: false });
    for (const signed of [
      () => Bytes.EMPTY,
      (word: Uint8Array) => word,
      (word: Uint8Array) => sided(2, word),
      (word: Uint8Array) => sided(SIDE_B, word.subarray(1)),
    ]) {
      const { outcome: refused, digest } = await move(one, signed);
      expect(refused).to.include({ kind: "rejected", reason: "SignerNotAParty" });
      const [of] = refused.kind === "rejected" ? refused.values : [];
      expect(of).to.equal(Hex.fromBytes(digest));
    }
    const asA = await move(one, (word) => sided(SIDE_A, word));
    expectRejected(asA.outcome, "MoveRefused", [app, false]);
  });
});
