// What is hashed and signed: the twins agree, and ethers' EIP-712 encoder with both.
import { expect } from "chai";
import {
  AbiCoder,
  Signature as EthersSignature,
  TypedDataEncoder,
  Wallet,
  keccak256,
} from "ethers";
import fc from "fast-check";
import { network } from "hardhat";
import * as AppState from "../../src/channels/appState.ts";
import { CallRejected } from "../../src/channels/callRejected.ts";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import * as Locks from "../../src/channels/locks.ts";
import * as Params from "../../src/channels/params.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { SECP256K1_HALF_N, SECP256K1_N } from "../../src/primitives/signature.ts";
import * as Some from "./arbitraries.ts";
import { packedDraw, packedParams, packedState, packedTowerFee } from "./packings.ts";
import { CHALLENGE, DRAW, STATE, TOWER_FEE, domainOf, shown } from "./typedFields.ts";

const FUZZ = { seed: 0x4348414e, numRuns: 60 };
const KEY = new Uint8Array(32).fill(7);
const Z32 = new Uint8Array(32);
const PARAMS_TYPE = "tuple(address,address,address,address,address,uint32,uint96,uint64)";

const { ethers } = await network.create("l1");
const formats = await ethers.deployContract("ChannelFormats");
const abi = AbiCoder.defaultAbiCoder();

describe("a channel's id", () => {
  it("is the hash of its deployment and its parameters in both languages", async () => {
    const chainIds = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
    await fc.assert(
      fc.asyncProperty(
        Some.params,
        chainIds,
        Some.address,
        async (params, chainId, adjudicator) => {
          const home = Params.home(chainId, adjudicator);
          const id = Hex.fromBytes(Params.channelId(params, home));
          expect(await formats.home(chainId, Hex.fromBytes(adjudicator))).to.equal(shown(home));
          expect(await formats.channelId(packedParams(shown(params)), home)).to.equal(id);
          const encoded = abi.encode(
            ["bytes32", PARAMS_TYPE],
            [shown(home), Object.values(shown(params))],
          );
          expect(keccak256(encoded)).to.equal(id);
        },
      ),
      FUZZ,
    );
  });

  it("names the same window and signers in both languages", async () => {
    await fc.assert(
      fc.asyncProperty(Some.params, async (params) => {
        const { signerA, signerB } = Params.signers(params);
        const actual = await formats.parties(packedParams(shown(params)));
        expect(actual.window).to.equal(Params.window(params));
        expect(actual.signerA.toLowerCase()).to.equal(shown(signerA));
        expect(actual.signerB.toLowerCase()).to.equal(shown(signerB));
        expect(actual.areDistinct).to.equal(Params.areDistinct(params));
      }),
      FUZZ,
    );
  });
});

describe("a state's digest", () => {
  it("is what EIP-712 makes of it in both languages", async () => {
    await fc.assert(
      fc.asyncProperty(Some.state, Some.address, async (state, adjudicator) => {
        const domain = domainOf(31_337n, Hex.fromBytes(adjudicator));
        const separator = TypedData.domainSeparator(31_337n, adjudicator);
        const hash = ChannelState.hash(state);
        const digest = TypedData.digest(separator, hash);
        expect(shown(separator)).to.equal(TypedDataEncoder.hashDomain(domain));
        expect(shown(digest)).to.equal(TypedDataEncoder.hash(domain, STATE, shown(state)));
        const packed = packedState(shown(state));
        expect(await formats.stateHash(packed, state.channelId)).to.equal(shown(hash));
        expect(await formats.digest(separator, hash)).to.equal(shown(digest));
        expect(await formats.domainSeparator(31_337n, shown(adjudicator))).to.equal(
          shown(separator),
        );
      }),
      FUZZ,
    );
  });

  it("differs between any two of the messages that are signed", async () => {
    await fc.assert(
      fc.asyncProperty(Some.state, Some.draw, Some.towerFee, async (state, draw, anyFee) => {
        const fee = { ...anyFee, channelId: draw.channelId };
        const stateHash = ChannelState.hash(state);
        const hashes = [
          TypedData.challengeHash(stateHash),
          TypedData.drawHash(draw),
          TypedData.towerFeeHash(fee),
        ].map(Hex.fromBytes);
        expect(new Set([...hashes, Hex.fromBytes(stateHash)])).to.have.property("size", 4);
        expect(hashes).to.deep.equal([
          TypedDataEncoder.from(CHALLENGE).hash({ state: stateHash }),
          TypedDataEncoder.from(DRAW).hash(shown(draw)),
          TypedDataEncoder.from(TOWER_FEE).hash(shown(fee)),
        ]);
        const packed = [packedDraw(shown(draw)), packedTowerFee(shown(fee))];
        const actual = await formats.messageHashes(stateHash, ...packed, draw.channelId);
        expect([...actual]).to.deep.equal(hashes);
      }),
      FUZZ,
    );
  });
});

describe("a state", () => {
  it("names a token, is simple or is initial in both languages alike", async () => {
    const plain = Some.state.map((state) => ({ ...state, locks: Z32, app: Z32 }));
    const states = fc.oneof(Some.state, plain);
    await fc.assert(
      fc.asyncProperty(states, Some.params, fc.nat(4), async (drawn, params, pick) => {
        const token = drawn.assets[pick]?.token ?? params.token;
        const state = pick % 2 === 0 ? drawn : { ...drawn, version: 0n, isFinal: false };
        const sameToken = { ...params, token: drawn.assets[0]?.token ?? params.token };
        const actual = await formats.stateFacts(
          packedState(shown(state)),
          packedParams(shown(sameToken)),
          shown(token),
        );
        expect([...actual]).to.deep.equal([
          BigInt(ChannelState.indexOf(state, token)),
          ChannelState.isSimple(state, sameToken),
          ChannelState.simpleNet(state),
          ChannelState.isInitial(state),
        ]);
      }),
      { ...FUZZ, numRuns: 150 },
    );
  });
});

describe("locks", () => {
  it("are packed as Solidity packs them, and read back in both languages", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Some.lock, { maxLength: 5 }), async (locks) => {
        const packed = Locks.pack(locks);
        const expected = locks.map(({ kind, asset, aToB, expiry, amount, key }) =>
          ethers.solidityPacked(
            ["uint8", "uint8", "bool", "uint40", "uint128", "bytes32"],
            [kind, asset, aToB, expiry, amount, key],
          ),
        );
        expect(shown(packed)).to.equal(ethers.concat(expected));
        expect(Locks.unpack(packed)).to.deep.equal(locks);
        expect(await formats.locksHash(packed)).to.equal(shown(Locks.hash(packed)));
        const read = await formats.locks(packed);
        expect(
          read.map(([kind, asset, aToB, expiry, amount, key]: unknown[]) => ({
            kind: Number(kind),
            asset: Number(asset),
            aToB,
            expiry,
            amount,
            key: Hex.toBytes(String(key)),
          })),
        ).to.deep.equal(locks);
      }),
      FUZZ,
    );
  });

  it("of a length that is no multiple of 56 are no list", async () => {
    for (const length of [1, 55, 57, 113]) {
      await expect(formats.locks(new Uint8Array(length)))
        .to.be.revertedWithCustomError(formats, "LocksMalformed")
        .withArgs(length);
      expect(() => Locks.unpack(new Uint8Array(length)))
        .to.throw(CallRejected)
        .with.deep.include({ reason: "LocksMalformed", values: [length] });
    }
  });

  it("are at most 64 where a client packs them", () => {
    const lock = { kind: 0, asset: 0, aToB: true, expiry: 1n, amount: 1n, key: Z32 };
    expect(Locks.pack(Array.from({ length: 64 }, () => lock))).to.have.length(64 * 56);
    expect(() => Locks.pack(Array.from({ length: 65 }, () => lock)))
      .to.throw(Locks.TooManyLocksError)
      .with.property("count", 65);
  });

  it("go to one side, the same in both languages, once their record or their expiry is there", async () => {
    const offsets = fc.constantFrom(-1n, 0n, 1n);
    const records = fc.oneof(fc.constant(undefined), fc.tuple(offsets, Some.amount));
    await fc.assert(
      fc.asyncProperty(Some.lock, records, offsets, async (drawn, recorded, nowOffset) => {
        const lock = {
          ...drawn,
          expiry: drawn.expiry + 2n > 2n ** 40n - 1n ? 9n : drawn.expiry + 2n,
        };
        const [offset, amount] = recorded ?? [];
        const record = {
          time: offset === undefined ? 0n : lock.expiry + offset,
          amount: amount ?? 0n,
        };
        const now = lock.expiry + nowOffset;
        const opens = record.time !== 0n && record.time <= lock.expiry;
        const actual = formats.payment(Locks.pack([lock]), record, now);
        if (opens || now > lock.expiry) {
          const paid = Locks.payment(lock, record, now);
          expect(paid).to.equal(
            !opens ? 0n : record.amount < lock.amount ? record.amount : lock.amount,
          );
          expect(await actual).to.equal(paid);
        } else {
          await expect(actual)
            .to.be.revertedWithCustomError(formats, "LockPending")
            .withArgs(shown(lock.key), lock.expiry);
          expect(() => Locks.payment(lock, record, now))
            .to.throw(CallRejected)
            .with.deep.include({ reason: "LockPending", values: [lock.key, lock.expiry] });
        }
      }),
      FUZZ,
    );
  });
});

describe("an app's state", () => {
  it("has one hash in both languages", async () => {
    await fc.assert(
      fc.asyncProperty(Some.appState, async (appState) => {
        expect(await formats.appHash(shown(appState))).to.equal(shown(AppState.hash(appState)));
      }),
      FUZZ,
    );
  });
});

describe("a signature", () => {
  const wallet = new Wallet(Hex.fromBytes(KEY));
  const signer = Hex.toBytes(wallet.address);
  const digest = new Uint8Array(32).fill(3);
  const signature = CompactSignature.sign(digest, KEY);

  it("of 64 bytes is the one that ethers makes, and recovers in both languages", async () => {
    await fc.assert(
      fc.asyncProperty(Some.word, async (digest) => {
        const signature = CompactSignature.sign(digest, KEY);
        expect(shown(signature)).to.equal(wallet.signingKey.sign(digest).compactSerialized);
        expect(CompactSignature.recover(digest, signature)).to.deep.equal(signer);
        expect(await formats.recover(digest, signature)).to.equal(wallet.address);
      }),
      FUZZ,
    );
  });

  it("with a high s, of another length or of zeros is nobody's", async () => {
    const { r, s, yParity } = EthersSignature.from(Hex.fromBytes(signature));
    const high = (s: bigint) => Bytes.concat(Hex.toBytes(r), Bytes.fromBigInt(s, 32));
    const long = Bytes.concat(Hex.toBytes(r), Hex.toBytes(s), Uint8Array.of(27 + yParity));
    const forms = [
      high(SECP256K1_HALF_N + 1n),
      high(2n ** 256n - 1n),
      high(0n),
      long,
      signature.subarray(0, 63),
      new Uint8Array(64),
      Bytes.EMPTY,
    ];
    for (const form of forms) {
      expect(CompactSignature.recover(digest, form)).to.equal(undefined);
      expect(await formats.recover(digest, form)).to.equal(ethers.ZeroAddress);
    }
  });

  it("has no second form that recovers its signer, and none for another digest", async () => {
    const { r, s, yParity } = EthersSignature.from(Hex.fromBytes(signature));
    const flipped = (BigInt(1 - yParity) << 255n) | BigInt.asUintN(255, SECP256K1_N - BigInt(s));
    const forms = [
      { digest, form: Bytes.concat(Hex.toBytes(r), Bytes.fromBigInt(flipped, 32)) },
      { digest: Z32, form: signature },
    ];
    for (const { digest, form } of forms) {
      const recovered = CompactSignature.recover(digest, form) ?? new Uint8Array(20);
      expect(recovered).not.to.deep.equal(signer);
      expect((await formats.recover(digest, form)).toLowerCase()).to.equal(shown(recovered));
    }
  });
});
