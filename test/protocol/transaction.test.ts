import { expect } from "chai";
import * as Bytes from "../../src/primitives/bytes.ts";
import { keccak256 } from "../../src/primitives/keccak.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Transaction from "../../src/protocol/transaction.ts";

const EMPTY = Bytes.EMPTY;
const TO = new Uint8Array(20).fill(0xb1);
const ONE = new Uint8Array([1]);
// Nonce, gas price, gas limit, recipient, value, data, v, r, s.
const FIELDS = [EMPTY, ONE, ONE, TO, EMPTY, EMPTY, new Uint8Array([27]), ONE, ONE];
const KNOWS_ALL = { chainId: 1n, isKnownType: () => true };

/** Of type 2, by key 1. */
function signed(chainId: bigint, data: Uint8Array): Uint8Array {
  const fields = [Rlp.fromBigInt(chainId), EMPTY, ONE, ONE, ONE, TO, EMPTY, data, []];
  const type = new Uint8Array([Transaction.DYNAMIC_FEE]);
  const hash = keccak256(Bytes.concat(type, Rlp.encode(fields)));
  const { r, s, yParity } = Signature.sign(hash, Bytes.padLeft(ONE, 32));
  const signature = [BigInt(yParity), r, s].map(Rlp.fromBigInt);
  return Bytes.concat(type, Rlp.encode([...fields, ...signature]));
}

describe("Transaction", () => {
  it("of type 0 has no type byte", () => {
    const encoded = Rlp.encode(FIELDS);
    expect(Transaction.decode(encoded, KNOWS_ALL).type).to.equal("transaction");
    expect(Transaction.decode(Bytes.concat(new Uint8Array(1), encoded), KNOWS_ALL)).to.deep.equal({
      type: "refused",
      reason: "UnknownType",
    });
  });

  it("is judged by the rules at hand, however often it was decoded before", () => {
    const encoded = signed(1n, Bytes.EMPTY);
    const first = Transaction.decode(encoded, KNOWS_ALL);
    expect(first.type).to.equal("transaction");
    expect(Transaction.decode(encoded.slice(), KNOWS_ALL)).to.deep.equal(first);
    expect(Transaction.decode(encoded, { ...KNOWS_ALL, chainId: 2n })).to.deep.equal({
      type: "refused",
      reason: "WrongChainId",
    });
    expect(Transaction.decode(encoded, { ...KNOWS_ALL, isKnownType: () => false })).to.deep.equal({
      type: "refused",
      reason: "UnknownType",
    });
  });

  it("is not kept in memory if it is long", () => {
    const decoded = (data: Uint8Array) => {
      const encoded = signed(1n, data);
      Transaction.decode(encoded, KNOWS_ALL);
      const [one, other] = [0, 1].map(() => Transaction.decode(encoded, KNOWS_ALL));
      return one?.type === "transaction" && other?.type === "transaction"
        ? one.transaction === other.transaction
        : undefined;
    };
    expect(decoded(new Uint8Array(300))).to.equal(true);
    expect(decoded(new Uint8Array(600))).to.equal(false);
  });

  it("says which field is wrong", () => {
    const parse = (fields: readonly Rlp.Item[]) => () =>
      Transaction.parse(Rlp.encode(fields), Transaction.LEGACY);
    expect(parse([...FIELDS, ONE]))
      .to.throw(Transaction.FieldCountError)
      .that.includes({ expected: 9, actual: 10 });
    expect(parse(FIELDS.with(0, new Uint8Array(9).fill(1))))
      .to.throw(Transaction.FieldLengthError)
      .that.includes({ expected: 8, actual: 9 });
    expect(parse(FIELDS.with(3, new Uint8Array(19))))
      .to.throw(Transaction.FieldLengthError)
      .that.includes({ expected: 20, actual: 19 });
    expect(parse(FIELDS.with(6, new Uint8Array([29]))))
      .to.throw(Transaction.SignatureValueError)
      .that.includes({ value: 29n });
    expect(parse(FIELDS.slice(0, 8))).to.throw(Rlp.ExpectedStringError);
  });
});
