import { expect } from "chai";
import * as Channel from "../../src/channels/client/channel.ts";
import * as Content from "../../src/channels/client/content.ts";
import * as CompactSignature from "../../src/channels/compactSignature.ts";
import type { Params } from "../../src/channels/params.ts";
import * as ParamsOf from "../../src/channels/params.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Log from "../../src/hub/log.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Blob from "../../src/tower/blob.ts";
import * as Shelf from "../../src/tower/shelf.ts";
import * as Tower from "../../src/tower/tower.ts";
import { ETHER, POLICY } from "./clientWorld.ts";
import * as MemoryDisk from "./memoryDisk.ts";

const COURT = { chainId: 1n, adjudicator: new Uint8Array(20).fill(0xad) };
const [A_KEY, B_KEY, TOWER_KEY] = [1, 2, 3].map((n) => new Uint8Array(32).fill(n)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const TOWER = Signature.addressOf(TOWER_KEY);
const NOW = 1_800_000_000n;
const DEADLINE = NOW + 600n;
const PARAMS: Params = {
  ...{ a: Signature.addressOf(A_KEY), b: Signature.addressOf(B_KEY), keyA: ETHER, keyB: ETHER },
  ...{ token: ETHER, period: 600n, bond: 0n, salt: 0x1234_5678_9abc_def0n },
};
const HOME = ParamsOf.home(COURT.chainId, COURT.adjudicator);
const TERMS: Tower.Terms = {
  ...{ court: COURT, address: TOWER, isAltruist: false },
  leastFees: [{ token: ETHER, amount: 10n }],
};
const { terms } = Channel.create(COURT, PARAMS, Signature.addressOf(A_KEY), POLICY);
const { salt } = PARAMS;
const CHALLENGE = { channelId: terms.id, salt, agreed: 3n, deadline: DEADLINE };

/** The answer of a version, with A's promise to a tower for lifting the dispute to `minVersion`. */
function answerOf(
  version: bigint,
  change: {
    tower?: Uint8Array;
    minVersion?: bigint;
    deadline?: bigint;
    assets?: number;
    token?: Uint8Array;
    amount?: bigint;
  } = {},
): Blob.Answer {
  const assets = Array.from({ length: change.assets ?? 1 }, (_, i) => ({
    ...{ token: new Uint8Array(20).fill(i), net: BigInt(i) - 5n, outA: 0n, outB: 3n },
  }));
  const content = { version, isFinal: false, assets, locks: [], app: undefined };
  const { digest } = Channel.digestOf(terms, content);
  const presented = {
    state: Content.stateOf(terms.id, content),
    signatureA: CompactSignature.sign(digest, A_KEY),
    signatureB: CompactSignature.sign(digest, B_KEY),
  };
  const fee = {
    ...{ channelId: terms.id, tower: change.tower ?? TOWER },
    ...{ token: change.token ?? ETHER, amount: change.amount ?? 10n },
    ...{ minVersion: change.minVersion ?? version, deadline: change.deadline ?? DEADLINE },
  };
  const promise = { fee, signature: signFee(fee, A_KEY) };
  return { params: PARAMS, presented, promise };
}

function signFee(fee: TypedData.TowerFee, key: Uint8Array): Uint8Array {
  const domain = TypedData.domainSeparator(COURT.chainId, COURT.adjudicator);
  return CompactSignature.sign(TypedData.digest(domain, TypedData.towerFeeHash(fee)), key);
}

const sealed = (...args: Parameters<typeof answerOf>) => Blob.seal(answerOf(...args));
const allOf = (blobs: readonly Uint8Array[], changes: Partial<Tower.Terms> = {}, time = NOW) => {
  const mine = { ...TERMS, ...changes };
  const opened = Tower.openAll(mine, CHALLENGE, blobs);
  return Tower.answers(mine, CHALLENGE, opened, time).map(({ what }) => what);
};
const whatOf = (...args: Parameters<typeof allOf>) => allOf(...args)[0];

describe("tower", () => {
  it("answers with the newest state that it can open, for its fee", () => {
    const blobs = [sealed(7n), sealed(9n), sealed(8n)];
    expect(whatOf(blobs)).to.equal("respond for a fee with version 9");
  });

  it("has nothing to say with an old blob only, and harms nobody with it", () => {
    expect(whatOf([sealed(2n), sealed(3n)])).to.equal(undefined);
  });

  it("is paid no fee that is promised to another, and answers for nothing only if it is an altruist", () => {
    const foreign = [sealed(9n, { tower: new Uint8Array(20).fill(9) })];
    expect(whatOf(foreign)).to.equal(undefined);
    expect(whatOf(foreign, { isAltruist: true })).to.equal("respond with version 9");
  });

  it("is due a fee only where its answer lifts the dispute past what was promised, in time", () => {
    expect(whatOf([sealed(9n, { minVersion: 3n })])).to.equal(undefined);
    expect(whatOf([sealed(9n, { minVersion: 4n })])).to.equal("respond for a fee with version 9");
    expect(whatOf([sealed(9n, { minVersion: 10n })])).to.equal(undefined);
    expect(whatOf([sealed(9n, { deadline: NOW - 1n })])).to.equal(undefined);
  });

  it("is promised its fee for the state that it is given, whatever lower version comes to be on record", () => {
    const { presented } = answerOf(9n);
    const offer = { tower: TOWER, token: ETHER, amount: 10n, deadline: DEADLINE };
    const promise = Tower.promise(COURT, presented, offer, (digest) =>
      CompactSignature.sign(digest, A_KEY),
    );
    const opened = [{ params: PARAMS, presented, promise }];
    const whatAt = (agreed: bigint) =>
      Tower.answers(TERMS, { ...CHALLENGE, agreed }, opened, NOW).map(({ what }) => what);
    for (let agreed = 0n; agreed < 9n; agreed++) {
      expect(whatAt(agreed)).to.deep.equal(["respond for a fee with version 9"]);
    }
    expect(whatAt(9n)).to.deep.equal([]);
  });

  it("says nothing once the clock has ended", () => {
    expect(whatOf([sealed(9n)], {}, DEADLINE - 1n)).to.equal("respond for a fee with version 9");
    expect(whatOf([sealed(9n)], {}, DEADLINE)).to.equal(undefined);
  });

  it("presents nothing that both did not sign", () => {
    const { presented, promise } = answerOf(9n);
    const forged = { ...presented, signatureB: presented.signatureA };
    const blob = Blob.seal({ params: PARAMS, presented: forged, promise });
    expect(whatOf([blob], { isAltruist: true })).to.equal(undefined);
  });

  it("answers for no fee below its own, nor in a token that it does not take", () => {
    expect(whatOf([sealed(9n, { amount: 9n })])).to.equal(undefined);
    expect(whatOf([sealed(9n, { token: new Uint8Array(20).fill(7) })])).to.equal(undefined);
  });

  it("has further answers for the case that the first is refused", () => {
    const blobs = [sealed(8n), sealed(9n, { amount: 9n }), sealed(7n)];
    expect(allOf(blobs, { isAltruist: true })).to.deep.equal([
      "respond for a fee with version 8",
      "respond for a fee with version 7",
      "respond with version 9",
    ]);
  });

  it("opens nothing by a blob whose parameters are another channel's", () => {
    const other = { ...answerOf(9n), params: { ...PARAMS, period: 601n } };
    expect(Blob.open(HOME, terms.id, salt, Blob.seal(other))).to.equal(undefined);
  });

  it("takes a fee signed by neither side for none", () => {
    const { presented, promise } = answerOf(9n);
    if (promise === undefined) return void expect.fail("an answer has a promise");
    const fee = { ...promise.fee, amount: 1_000_000n };
    const own = { fee, signature: signFee(fee, TOWER_KEY) };
    expect(whatOf([Blob.seal({ params: PARAMS, presented, promise: own })])).to.equal(undefined);
  });
});

describe("tower/blob", () => {
  it("has one size for every state, and opens to what was sealed", () => {
    for (const assets of [0, 1, Blob.MAX_ASSETS]) {
      const answer = answerOf(2n ** 64n - 1n, { assets });
      const blob = Blob.seal(answer);
      expect(blob.length).to.equal(Blob.BLOB_BYTES);
      expect(Blob.open(HOME, terms.id, salt, blob)).to.deep.equal(answer);
      const silent = { ...answer, promise: undefined };
      expect(Blob.open(HOME, terms.id, salt, Blob.seal(silent))).to.deep.equal(silent);
    }
  });

  it("refuses a state of more assets than fit", () => {
    expect(() => sealed(1n, { assets: Blob.MAX_ASSETS + 1 }))
      .to.throw(Blob.TooManyAssetsError)
      .that.includes({ count: Blob.MAX_ASSETS + 1 });
  });

  it("does not open for who knows the channel's id but not its salt", () => {
    expect(Blob.open(HOME, terms.id, salt + 1n, sealed(9n))).to.equal(undefined);
  });

  it("does not open for another channel, nor with any byte changed, nor cut", () => {
    const blob = sealed(9n);
    const other = ParamsOf.channelId({ ...PARAMS, salt: 1n }, HOME);
    expect(Blob.open(HOME, other, salt, blob)).to.equal(undefined);
    const elsewhere = ParamsOf.home(2n, COURT.adjudicator);
    expect(Blob.open(elsewhere, terms.id, salt, blob)).to.equal(undefined);
    for (const position of [0, 11, 12, 500, Blob.BLOB_BYTES - 1]) {
      const changed = blob.slice();
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(Blob.open(HOME, terms.id, salt, changed)).to.equal(undefined);
    }
    expect(Blob.open(HOME, terms.id, salt, blob.slice(0, -1))).to.equal(undefined);
  });

  it("never looks the same twice", () => {
    expect(sealed(9n)).not.to.deep.equal(sealed(9n));
  });
});

describe("tower/shelf", () => {
  const shelfOn = async (disk: MemoryDisk.MemoryDisk, maxBlobs = 2) =>
    Shelf.open(await Log.open(disk), maxBlobs);
  const depositOf = (sequence: bigint, key = A_KEY) =>
    Shelf.deposit(terms.id, sequence, sealed(sequence), key);
  const rejection = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("keeps the newest blob of each depositor, also after a restart", async () => {
    const disk = MemoryDisk.create();
    const shelf = await shelfOn(disk);
    await Shelf.take(shelf, depositOf(4n));
    await Shelf.take(shelf, depositOf(6n));
    await Shelf.take(shelf, depositOf(5n, B_KEY));
    const again = await shelfOn(MemoryDisk.create(disk.durable));
    expect(again.count).to.equal(2);
    expect(
      Shelf.blobsFor(again, terms.id, 0).map(
        (blob) => Blob.open(HOME, terms.id, salt, blob)?.presented.state.version,
      ),
    ).to.have.members([6n, 5n]);
    expect(Shelf.blobsFor(again, new Uint8Array(32), 0)).to.deep.equal([]);
  });

  it("takes nothing old, nothing unsigned, nothing of another size, and no more than it has room for", async () => {
    const shelf = await shelfOn(MemoryDisk.create(), 1);
    const first = depositOf(4n);
    await Shelf.take(shelf, first);
    const stale = await rejection(Shelf.take(shelf, first));
    expect(stale)
      .to.be.instanceOf(Shelf.StaleDepositError)
      .and.to.include({ kept: 4n, actual: 4n });
    const unsigned = { ...depositOf(5n), signature: new Uint8Array(64) };
    expect(await rejection(Shelf.take(shelf, unsigned))).to.be.instanceOf(Shelf.NotSignedError);
    const cut = { ...first, blob: first.blob.slice(1) };
    const wrong = await rejection(Shelf.take(shelf, cut));
    expect(wrong).to.be.instanceOf(Shelf.WrongSizeError).and.to.include({ hint: 16, blob: 1_023 });
    const full = await rejection(Shelf.take(shelf, depositOf(1n, B_KEY)));
    expect(full).to.be.instanceOf(Shelf.ShelfFullError).and.to.include({ maximum: 1 });
  });

  it("full of noise takes a customer's blob in place of one that is not, and no noise in place of a customer's", async () => {
    const disk = MemoryDisk.create();
    const shelf = await shelfOn(disk, 3);
    const noise = (seed: number) =>
      Shelf.deposit(
        ...([terms.id, 1n, new Uint8Array(Blob.BLOB_BYTES)] as const),
        new Uint8Array(32).fill(seed),
      );
    for (const seed of [10, 11, 12]) await Shelf.take(shelf, noise(seed));
    const own = Shelf.customerDeposit(terms.id, 4n, sealed(4n), A_KEY);
    const early = await rejection(Shelf.take(shelf, own));
    expect(early).to.be.instanceOf(Shelf.ShelfFullError);
    Shelf.keepPlace(shelf, terms.id, PARAMS.a);
    await Shelf.take(shelf, own);
    expect(shelf.count).to.equal(3);
    expect(await rejection(Shelf.take(shelf, noise(13)))).to.be.instanceOf(Shelf.ShelfFullError);
    // Who has put something aside in one channel, or has another account, has no place in this one.
    Shelf.keepPlace(shelf, new Uint8Array(32), PARAMS.b);
    const other = Shelf.customerDeposit(terms.id, 4n, sealed(4n), B_KEY);
    expect(await rejection(Shelf.take(shelf, other))).to.be.instanceOf(Shelf.ShelfFullError);
    await Shelf.take(shelf, Shelf.customerDeposit(terms.id, 6n, sealed(6n), A_KEY));
    const again = await shelfOn(MemoryDisk.create(disk.durable), 3);
    expect(again.count).to.equal(3);
    expect(whatOf(Shelf.blobsFor(again, terms.id, 0))).to.equal("respond for a fee with version 6");
  });

  it("full of customers' blobs takes no more", async () => {
    const shelf = await shelfOn(MemoryDisk.create(), 1);
    Shelf.keepPlace(shelf, terms.id, PARAMS.a);
    Shelf.keepPlace(shelf, terms.id, PARAMS.b);
    await Shelf.take(shelf, Shelf.customerDeposit(terms.id, 4n, sealed(4n), A_KEY));
    const other = Shelf.customerDeposit(terms.id, 4n, sealed(4n), B_KEY);
    expect(await rejection(Shelf.take(shelf, other)))
      .to.be.instanceOf(Shelf.ShelfFullError)
      .and.to.include({ maximum: 1 });
  });

  it("lets nobody put a blob in place of another's", async () => {
    const shelf = await shelfOn(MemoryDisk.create());
    await Shelf.take(shelf, depositOf(4n));
    const noise = Shelf.deposit(terms.id, 9n, new Uint8Array(Blob.BLOB_BYTES), B_KEY);
    await Shelf.take(shelf, noise);
    expect(whatOf(Shelf.blobsFor(shelf, terms.id, 0))).to.equal("respond for a fee with version 4");
  });

  it("knows depositors by keys that lead to no channel key", () => {
    const deposit = depositOf(4n);
    const bytes = Bytes.concat(deposit.hint, deposit.blob);
    expect(Signature.addressOf(Shelf.depositorKey(A_KEY, terms.id))).not.to.deep.equal(PARAMS.a);
    expect(Buffer.from(bytes).includes(Buffer.from(PARAMS.a))).to.equal(false);
  });
});
