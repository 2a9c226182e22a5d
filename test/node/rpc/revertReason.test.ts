import { expect } from "chai";
import { AbiCoder, Interface } from "ethers";
import * as RevertReason from "../../../src/node/rpc/revertReason.ts";
import * as Hex from "../../../src/primitives/hex.ts";

const errors = new Interface(["error Error(string)", "error Panic(uint256)", "error Own(string)"]);
const reasonOf = (data: string) => RevertReason.of(Hex.toBytes(data));

describe("node/rpc/revertReason", () => {
  it("is the text of Error(string), of any length", () => {
    for (const text of ["", "too late", "ü".repeat(100)]) {
      expect(reasonOf(errors.encodeErrorResult("Error", [text]))).to.equal(text);
    }
  });

  it("is the name of a panic, or its code", () => {
    const named: [bigint, string][] = [
      [0x00n, "generic panic"],
      [0x01n, "assert(false)"],
      [0x11n, "arithmetic underflow or overflow"],
      [0x12n, "division or modulo by zero"],
      [0x32n, "out-of-bounds access of an array or bytesN"],
      [0x99n, "unknown panic code: 0x99"],
      [2n ** 255n, `unknown panic code: 0x8${"0".repeat(63)}`],
    ];
    for (const [code, reason] of named) {
      expect(reasonOf(errors.encodeErrorResult("Panic", [code]))).to.equal(reason);
    }
  });

  it("is nothing for other errors, and for what is too short", () => {
    const text = errors.encodeErrorResult("Error", ["too late"]);
    const panic = errors.encodeErrorResult("Panic", [1n]);
    const long = AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [32n, 2n ** 200n]);
    const others = [
      ...["0x", "0x08c379", "0x08c379a0", text.slice(0, 120), panic.slice(0, -2)],
      ...[errors.encodeErrorResult("Own", ["too late"]), `0x08c379a0${long.slice(2)}`],
    ];
    for (const data of others) expect(reasonOf(data), data).to.equal(undefined);
  });
});
