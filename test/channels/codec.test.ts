// Packed arguments: one encoding, read alike in both languages; whatever is cut off, added or changed is refused.
import { expect } from "chai";
import { getBytes } from "ethers";
import fc from "fast-check";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import { CallRejected } from "../../src/channels/callRejected.ts";
import * as ChannelCodec from "../../src/channels/channelCodec.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as PackedCall from "../../src/channels/packedCall.ts";
import type { Draw, TowerFee } from "../../src/channels/typedData.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import * as Some from "./arbitraries.ts";
import { HOUR, NO_SIGNATURE, channelOf } from "./channel.ts";
import { expectRejected, openCourt } from "./court.ts";
import * as Packings from "./packings.ts";
import { shown } from "./typedFields.ts";

const FUZZ = { seed: 0x434f4445, numRuns: 60 };
const FLAG_AT = ChannelCodec.PARAMS_BYTES + 8;
const ID = new Uint8Array(32).fill(0x1d);

const court = await openCourt();
const formats = await court.ethers.deployContract("ChannelFormats");

const signature = fc.oneof(
  fc.uint8Array({ minLength: 64, maxLength: 64 }),
  fc.uint8Array({ maxLength: 300 }),
);
const coSigned = fc.record({ state: Some.state, signatureA: signature, signatureB: signature });

/** What a reader makes of bytes: the values and the rest, or the error. */
type Reading = readonly unknown[] | { readonly reason: string; readonly values: unknown };

function inTypeScript(read: () => readonly unknown[]): Reading {
  try {
    return deep(read()) as readonly unknown[];
  } catch (error) {
    if (!(error instanceof CallRejected)) throw error;
    return { reason: error.reason, values: error.values.map(AdjudicatorAbi.plain) };
  }
}

async function inSolidity(read: string, ...args: readonly unknown[]): Promise<Reading> {
  const data = formats.interface.encodeFunctionData(read, args);
  const to = await formats.getAddress();
  try {
    const answer = await court.ethers.provider.call({ to, data });
    return deep(formats.interface.decodeFunctionResult(read, answer)) as readonly unknown[];
  } catch (error) {
    const { data: revert } = error as { readonly data?: unknown };
    if (typeof revert !== "string") throw error;
    const parsed = formats.interface.parseError(revert);
    if (parsed === null) throw error;
    return { reason: parsed.name, values: parsed.args.map(AdjudicatorAbi.plain) };
  }
}

/** Values of both sides in one form: records as lists of their fields. */
function deep(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) {
    return AdjudicatorAbi.plain(value);
  }
  return (Array.isArray(value) ? value : Object.values(value)).map(deep);
}

/** The values of a signed message but for the channel's id, its first field, which is not packed. */
function packedFields(message: Draw | TowerFee): unknown[] {
  return Object.values(message).slice(1);
}

const READERS = {
  readParams: (packed: Uint8Array) => {
    const { value, rest } = ChannelCodec.readParams(packed);
    return [value, rest];
  },
  readCoSigned: (packed: Uint8Array) => {
    const { value, rest } = ChannelCodec.readCoSigned(packed, ID);
    return [value.state, value.signatureA, value.signatureB, rest];
  },
  readDraw: (packed: Uint8Array) => {
    const { value, rest } = ChannelCodec.readDraw(packed, ID);
    return [...packedFields(value), rest];
  },
  readTowerFee: (packed: Uint8Array) => {
    const { value, rest } = ChannelCodec.readTowerFee(packed, ID);
    return [...packedFields(value), rest];
  },
  readAmount: (packed: Uint8Array) => {
    const { value, rest } = ChannelCodec.readAmount(packed);
    return [value, rest];
  },
  readTokens: (packed: Uint8Array) => {
    const { value, rest } = ChannelCodec.readTokens(packed);
    return [value, rest];
  },
  requireEnd: (packed: Uint8Array) => {
    ChannelCodec.requireEnd(packed);
    return [];
  },
} as const;

/** The reading of both sides, which is one. */
async function readingOf(reader: keyof typeof READERS, packed: Uint8Array): Promise<Reading> {
  const expected = inTypeScript(() => READERS[reader](packed));
  const args = reader === "readCoSigned" ? [packed, ID] : [packed];
  expect(await inSolidity(reader, ...args)).to.deep.equal(expected);
  return expected;
}

/** One encoding of anything, by the field list of its reader. */
const packing = fc.oneof(
  Some.params.map((value) => ["readParams", ChannelCodec.packParams(value)] as const),
  coSigned.map((value) => ["readCoSigned", ChannelCodec.packCoSigned(value)] as const),
  Some.draw.map((value) => ["readDraw", ChannelCodec.packDraw(value)] as const),
  Some.towerFee.map((value) => ["readTowerFee", ChannelCodec.packTowerFee(value)] as const),
  fc
    .bigInt({ min: 0n, max: 2n ** 112n - 1n })
    .map((value) => ["readAmount", ChannelCodec.packAmount(value)] as const),
  fc
    .array(Some.address, { maxLength: 5 })
    .map((value) => ["readTokens", ChannelCodec.packTokens(value)] as const),
);

describe("a packing", () => {
  it("is what ethers packs of the same fields", () => {
    fc.assert(
      fc.property(
        ...[Some.params, coSigned, Some.draw, Some.towerFee],
        (params, presented, draw, fee) => {
          const { packParams, packCoSigned, packDraw, packTowerFee } = ChannelCodec;
          expect(shown(packParams(params))).to.equal(Packings.packedParams(shown(params)));
          expect(shown(packCoSigned(presented))).to.equal(
            Packings.packedCoSigned(shown(presented)),
          );
          expect(shown(packDraw(draw))).to.equal(Packings.packedDraw(shown(draw)));
          expect(shown(packTowerFee(fee))).to.equal(Packings.packedTowerFee(shown(fee)));
        },
      ),
      FUZZ,
    );
  });

  it("is read back as what was packed, in both languages", async () => {
    await fc.assert(
      fc.asyncProperty(Some.params, coSigned, async (params, presented) => {
        const after = Uint8Array.of(1, 2, 3);
        const packed = Bytes.concat(ChannelCodec.packParams(params), after);
        expect(await readingOf("readParams", packed)).to.deep.equal(deep([params, after]));
        const state = { ...presented.state, channelId: ID };
        expect(await readingOf("readCoSigned", ChannelCodec.packCoSigned(presented))).to.deep.equal(
          deep([state, presented.signatureA, presented.signatureB, Bytes.EMPTY]),
        );
      }),
      FUZZ,
    );
    await fc.assert(
      fc.asyncProperty(Some.draw, Some.towerFee, fc.array(Some.address), async (draw, fee, all) => {
        expect(await readingOf("readDraw", ChannelCodec.packDraw(draw))).to.deep.equal(
          deep([...packedFields(draw), Bytes.EMPTY]),
        );
        expect(await readingOf("readTowerFee", ChannelCodec.packTowerFee(fee))).to.deep.equal(
          deep([...packedFields(fee), Bytes.EMPTY]),
        );
        expect(await readingOf("readAmount", ChannelCodec.packAmount(draw.total))).to.deep.equal(
          deep([draw.total, Bytes.EMPTY]),
        );
        expect(await readingOf("readTokens", ChannelCodec.packTokens(all))).to.deep.equal(
          deep([all, Bytes.EMPTY]),
        );
      }),
      FUZZ,
    );
  });

  it("that is cut off anywhere is too short, by the same figures in both languages", async () => {
    await fc.assert(
      fc.asyncProperty(packing, fc.nat(), async ([reader, packed], cut) => {
        const reading = await readingOf(reader, packed.subarray(0, cut % packed.length));
        expect(reading).to.include({ reason: "PackingTooShort" });
      }),
      { ...FUZZ, numRuns: 150 },
    );
  });

  it("with any byte changed is read alike in both languages, and never as what it was", async () => {
    await fc.assert(
      fc.asyncProperty(packing, fc.nat(), fc.integer({ min: 1, max: 255 }), async (one, at, by) => {
        const [reader, packed] = one;
        const changed = packed.map((byte, i) => (i === at % packed.length ? byte ^ by : byte));
        const before = inTypeScript(() => READERS[reader](packed));
        expect(await readingOf(reader, changed)).not.to.deep.equal(before);
      }),
      { ...FUZZ, numRuns: 250 },
    );
  });

  it("of a flag is 0 or 1", async () => {
    const packed = ChannelCodec.packCoSigned(channelOf(court).initial);
    for (const flag of [2, 128, 255]) {
      const changed = packed.map((byte, i) => (i === 8 ? flag : byte));
      const reading = await readingOf("readCoSigned", changed);
      expect(reading).to.deep.equal({ reason: "NotAFlag", values: [BigInt(flag)] });
    }
  });

  it("leaves nothing over where nothing may follow", async () => {
    expect(await readingOf("requireEnd", Bytes.EMPTY)).to.deep.equal([]);
    const reading = await readingOf("requireEnd", new Uint8Array(3));
    expect(reading).to.deep.equal({ reason: "PackingTooLong", values: [3n] });
  });
});

describe("a packed call", () => {
  type Packed = PackedCall.PackedCall;
  const { alice, bob, tower } = court;

  /** Each packed call that a signature protects, as it would be made now, and who makes it. */
  async function calls(): Promise<Packed[]> {
    const channel = channelOf(court, { bond: 3n });
    const { params } = channel;
    await channel.fund(false, 100n);
    await channel.fund(true, 100n);
    const account = bob.account;
    await court.make({ kind: "depositVault", account, token: ETHER, amount: 99n }, bob);
    const reserved = { id: channel.id, tower: tower.account, token: ETHER, amount: 9n };
    await court.make({ kind: "reserveFee", ...reserved }, bob);
    const last = channel.agreed(9n, { net: 5n, isFinal: true });
    const presented = channel.agreed(4n, { net: 5n, outA: 2n });
    const deadline = court.now() + HOUR;
    const draw = { channelId: channel.id, token: ETHER, total: 120n, against: 5n, deadline };
    const fee = {
      ...{ channelId: channel.id, tower: tower.account, token: ETHER, amount: 5n },
      ...{ minVersion: 4n, deadline },
    };
    return [
      { kind: "withdraw", params, presented },
      { kind: "close", params, last },
      { kind: "closeToVault", params, last },
      {
        ...{ kind: "challenge", params, presented },
        signature: channel.challengeSignature(presented, alice.keySecret),
      },
      { kind: "respond", params, presented },
      {
        ...{ kind: "openDual", params, amount: 7n, draw },
        signature: channel.drawSignature(draw, bob.secret),
      },
      {
        ...{ kind: "respondFor", params, presented, fee },
        signature: channel.feeSignature(fee, bob.secret),
      },
    ];
  }

  /** The error of a call with this argument, by name; nothing where it would be made. */
  async function errorOf(
    { kind, params }: Packed,
    packed: Uint8Array,
  ): Promise<string | undefined> {
    const data = court.abi.encodeFunctionData(kind, [packed]);
    const value = kind === "challenge" ? params.bond : kind === "openDual" ? 7n : 0n;
    const from = shown(tower.account);
    try {
      await court.ethers.provider.call({ to: court.address, from, data, value });
      return undefined;
    } catch (error) {
      const { data: revert } = error as { readonly data?: unknown };
      if (typeof revert !== "string") throw error;
      return court.abi.parseError(revert)?.name ?? revert;
    }
  }

  it("is refused by name if it is cut off, continued, or has any one byte changed", async () => {
    const all = await calls();
    const challenged = all[3];
    if (challenged?.kind !== "challenge") throw new RangeError("a challenge is among them");
    for (const call of all) {
      if (call.kind === "respondFor") {
        const { params } = call;
        const older = { ...challenged.presented.state, version: 0n, assets: [] };
        const initial = { state: older, signatureA: NO_SIGNATURE, signatureB: NO_SIGNATURE };
        const first = { kind: "challenge", params, presented: initial } as const;
        await court.make({ ...first, signature: NO_SIGNATURE }, alice);
      }
      const packed = PackedCall.pack(call);
      expect(await errorOf(call, packed), call.kind).to.equal(undefined);
      const others = [
        packed.subarray(0, -1),
        packed.subarray(0, packed.length >> 1),
        Bytes.concat(packed, Uint8Array.of(0)),
        // A second encoding of what it says, if the flag is one.
        packed.map((byte, at) => (at === FLAG_AT ? byte ^ 2 : byte)),
        ...Array.from({ length: Math.floor(packed.length / 3) }, (_, i) =>
          packed.map((byte, at) => (at === 3 * i + (i % 3) ? byte ^ (1 << (i % 8)) : byte)),
        ),
      ];
      for (const other of others) {
        const error = await errorOf(call, other);
        expect(error, `${call.kind} ${shown(other)}`).to.match(/^[A-Z]\w+$/);
      }
    }
  });

  it("names no channel: what was signed for another is signed by nobody here", async () => {
    const channel = channelOf(court);
    const foreign = channelOf(court).agreed(1n);
    const call: AdjudicatorCall = {
      ...{ kind: "respond", params: channel.params },
      presented: foreign,
    };
    const reason = [channel.hashHere(foreign.state)];
    expectRejected(await court.make(call), "NotCoSigned", reason);
  });

  it("has the bytes of its parts in their order", () => {
    const channel = channelOf(court);
    const { params } = channel;
    const presented = channel.agreed(1n, { net: 5n });
    const tokens = [ETHER, alice.account];
    const locks = new Uint8Array(56);
    const call = { kind: "settleState", params, presented, locks, tokens } as const;
    const parts = [
      Packings.packedParams(shown(params)),
      Packings.packedCoSigned(shown(presented)),
      "0x02",
      ...tokens.map((token) => shown(token)),
      shown(locks),
    ].map((part) => getBytes(part));
    expect(PackedCall.pack(call)).to.deep.equal(Bytes.concat(...parts));
  });
});
