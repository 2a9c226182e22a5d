// Frozen states: what is hashed, signed, sent and logged for each may not change unnoticed. After a change on purpose,
// GOLDEN=write hardhat test mocha test/channels/golden.test.ts writes the file again.
import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import type * as AppState from "../../src/channels/appState.ts";
import * as Nim from "../../src/channels/apps/nim.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import type { State } from "../../src/channels/channelState.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Locks from "../../src/channels/locks.ts";
import type { Params } from "../../src/channels/params.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import { sha256 } from "../../src/primitives/sha256.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { NO_SIGNATURE, channelOf } from "./channel.ts";
import type { Channel, Terms } from "./channel.ts";
import { expectMade, openCourt } from "./court.ts";
import { packedParams, packedState } from "./packings.ts";
import type { Plain } from "./packings.ts";
import { shown } from "./typedFields.ts";

const FILE = new URL("../vectors/golden/channels.json", import.meta.url);
const START = 2_000_000_000n;
const EXPIRY = START + 1_000_000n;
const TOKEN = new Uint8Array(20).fill(0x70);
const SECRET = new Uint8Array(32).fill(0x5e);

type Vector = {
  readonly name: string;
  readonly params: Plain<Params>;
  readonly channelId: string;
  readonly state: Plain<State>;
  readonly locks: string;
  readonly appData: string;
  readonly stateHash: string;
  readonly digest: string;
  readonly signatureA: string;
  readonly signatureB: string;
  readonly challengeDigest: string;
  readonly calldata: string;
  readonly topics: readonly string[];
  readonly data: string;
};

type Scene = {
  readonly name: string;
  readonly version: bigint;
  readonly terms?: Terms;
  readonly act: "challenge" | "respond" | "close" | "withdraw";
};

const court = await openCourt();
const formats = await court.ethers.deployContract("ChannelFormats");

const hashLock: Locks.Lock = {
  kind: Locks.KIND_HASH,
  asset: 0,
  aToB: true,
  expiry: EXPIRY,
  amount: 5n,
  key: sha256(SECRET),
};
const channelLock = { ...hashLock, kind: Locks.KIND_CHANNEL, aToB: false, key: sha256(TOKEN) };
const game = { stones: 9, isTurnOfB: true, base: -3n, stake: 20n };
const app: AppState.AppState = {
  app: TOKEN,
  codeHash: keccak256(TOKEN),
  data: Nim.encode(game),
};
const twoAssets = [
  { token: ETHER, net: 11n, outA: 0n, outB: 2n },
  { token: TOKEN, net: -12n, outA: 0n, outB: 0n },
];

const SCENES: readonly Scene[] = [
  { name: "initial", version: 0n, act: "challenge" },
  { name: "first payment", version: 1n, terms: { net: 1n }, act: "challenge" },
  { name: "payment back", version: 2n, terms: { net: -7n }, act: "respond" },
  {
    name: "largest simple payment",
    version: 3n,
    terms: { net: 2n ** 111n - 1n },
    act: "challenge",
  },
  {
    name: "smallest payment there is",
    version: 4n,
    terms: { net: -(2n ** 127n) },
    act: "challenge",
  },
  { name: "highest version", version: 2n ** 64n - 1n, terms: { net: 5n }, act: "respond" },
  { name: "no assets", version: 5n, terms: { assets: [] }, act: "respond" },
  { name: "two assets", version: 6n, terms: { assets: twoAssets }, act: "challenge" },
  {
    name: "withdrawal of both",
    version: 7n,
    terms: { net: 9n, outA: 4n, outB: 6n },
    act: "withdraw",
  },
  { name: "one hash lock", version: 8n, terms: { net: 9n, locks: [hashLock] }, act: "challenge" },
  {
    name: "locks of both kinds, the same twice",
    version: 9n,
    terms: { net: 9n, locks: [hashLock, channelLock, hashLock] },
    act: "respond",
  },
  { name: "game of Nim", version: 10n, terms: { net: Nim.netOf(game), app }, act: "challenge" },
  {
    name: "game beside a lock",
    version: 11n,
    terms: { net: Nim.netOf(game), app, locks: [hashLock] },
    act: "respond",
  },
  { name: "final", version: 12n, terms: { net: 33n, isFinal: true }, act: "close" },
];

async function record(scene: Scene, channel: Channel): Promise<Vector> {
  const { params, id } = channel;
  const presented =
    scene.version === 0n ? channel.initial : channel.agreed(scene.version, scene.terms);
  const { state, signatureA, signatureB } = presented;
  const stateHash = ChannelState.hash(state);
  const call = callOf(scene, channel);
  const outcome = expectMade(await court.makeNow(call, court.alice));
  const [log] = outcome.receipt.logs;
  if (log === undefined) throw new RangeError("each act logs something");
  return {
    name: scene.name,
    params: plain(shown(params)),
    channelId: Hex.fromBytes(id),
    state: plain(shown(state)),
    locks: Hex.fromBytes(Locks.pack(scene.terms?.locks ?? [])),
    appData: Hex.fromBytes(scene.terms?.app?.data ?? NO_SIGNATURE),
    stateHash: Hex.fromBytes(stateHash),
    digest: Hex.fromBytes(TypedData.digest(court.domain, stateHash)),
    signatureA: Hex.fromBytes(signatureA),
    signatureB: Hex.fromBytes(signatureB),
    challengeDigest: Hex.fromBytes(
      TypedData.digest(court.domain, TypedData.challengeHash(stateHash)),
    ),
    calldata: AdjudicatorAbi.encode(court.abi, call),
    topics: [...log.topics],
    data: log.data,
  };
}

function callOf(scene: Scene, channel: Channel): AdjudicatorCall {
  const { params } = channel;
  const presented =
    scene.version === 0n ? channel.initial : channel.agreed(scene.version, scene.terms);
  if (scene.act === "close") return { kind: "close", params, last: presented };
  if (scene.act === "challenge")
    return { kind: "challenge", params, presented, signature: NO_SIGNATURE };
  return { kind: scene.act, params, presented };
}

function plain<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === "bigint" ? item.toString() : item,
    ),
  );
}

describe("golden channels", () => {
  const recorded: Vector[] = [];

  before(async () => {
    for (const [index, scene] of SCENES.entries()) {
      const salt = 1_000n + BigInt(index);
      const channel = channelOf(court, { salt, bond: index % 2 === 0 ? 0n : 3n });
      await court.make({ kind: "depositEth", id: channel.id, toB: false }, court.carol, 100n);
      // A minute for each scene, in which the deposit comes first.
      court.wait(START + 60n * BigInt(index) - court.now());
      recorded.push(await record(scene, channel));
    }
    if (process.env["GOLDEN"] === "write") {
      writeFileSync(FILE, `${JSON.stringify(recorded, undefined, 1)}\n`);
    }
  });

  const golden: Vector[] = JSON.parse(readFileSync(FILE, "utf8"));

  for (const [index, { name }] of SCENES.entries()) {
    it(`stay as they are: ${name}`, () => {
      expect(recorded[index]).to.deep.equal(golden[index]);
    });

    it(`are hashed and signed so by the contract: ${name}`, async () => {
      const vector = golden[index];
      if (vector === undefined) throw new RangeError("a vector for each scene");
      expect(await formats.stateHash(packedState(vector.state), vector.channelId)).to.equal(
        vector.stateHash,
      );
      expect(await formats.channelId(packedParams(vector.params), court.home)).to.equal(
        vector.channelId,
      );
      expect(await formats.digest(court.domain, vector.stateHash)).to.equal(vector.digest);
      expect(await formats.locksHash(vector.locks)).to.equal(vector.state.locks);
      if (vector.signatureA === "0x") return;
      const signers = [court.alice.keyAddress, court.bob.account].map(Hex.fromBytes);
      for (const [i, signature] of [vector.signatureA, vector.signatureB].entries()) {
        const signer = String(await formats.recover(vector.digest, signature));
        expect(signer.toLowerCase()).to.equal(signers[i]);
      }
    });
  }
});
