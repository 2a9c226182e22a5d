import { expect } from "chai";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Rlp from "../../src/primitives/rlp.ts";
import * as Transaction from "../../src/protocol/transaction.ts";

const EMPTY = Bytes.EMPTY;
const TO = new Uint8Array(20).fill(0xb1);
const ONE = new Uint8Array([1]);
// Nonce, gas price, gas limit, recipient, value, data, v, r, s.
const FIELDS = [EMPTY, ONE, ONE, TO, EMPTY, EMPTY, new Uint8Array([27]), ONE, ONE];
const KNOWS_ALL = { chainId: 1n, isKnownType: () => true };

describe("Transaction", () => {
  it("of type 0 has no type byte", () => {
    const encoded = Rlp.encode(FIELDS);
    expect(Transaction.decode(encoded, KNOWS_ALL).type).to.equal("transaction");
    expect(Transaction.decode(Bytes.concat(new Uint8Array(1), encoded), KNOWS_ALL)).to.deep.equal({
      type: "refused",
      reason: "UnknownType",
    });
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
