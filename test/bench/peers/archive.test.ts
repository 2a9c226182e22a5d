import { expect } from "chai";
import { gzipSync } from "node:zlib";
import * as Archive from "../../../scripts/bench/peers/archive.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";

const BLOCK = 512;
const ENOUGH = 1_000_000;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** One file of an archive: its header, and its content filled up to whole blocks. */
function entry(prefix: string, name: string, content: string, type = "0"): Uint8Array {
  const header = new Uint8Array(BLOCK);
  header.set(utf8(name), 0);
  header.set(utf8(content.length.toString(8).padStart(11, "0")), 124);
  header.set(utf8(type), 156);
  header.set(utf8(prefix), 345);
  return Bytes.concat(
    header,
    Bytes.padRight(utf8(content), Math.ceil(content.length / BLOCK) * BLOCK),
  );
}

const END = new Uint8Array(2 * BLOCK);
const pack = (...parts: Uint8Array[]) => gzipSync(Bytes.concat(...parts));

describe("archive", () => {
  it("reads files, with long paths and without folders", () => {
    const packed = pack(
      entry("", "package/", "", "5"),
      entry("", "package/a.json", "first"),
      entry("package/deep", "b.json", "x".repeat(BLOCK)),
      entry("", "package/empty", ""),
      END,
    );
    const files = [...Archive.read(packed, ENOUGH)].map(([path, bytes]) => [
      path,
      new TextDecoder().decode(bytes),
    ]);
    expect(files).to.deep.equal([
      ["a.json", "first"],
      ["deep/b.json", "x".repeat(BLOCK)],
      ["empty", ""],
    ]);
  });

  it("refuses a file that is cut off, and says where", () => {
    const whole = Bytes.concat(entry("", "package/a", "first"), entry("", "package/b", "second"));
    expect(() => Archive.read(gzipSync(whole.subarray(0, 3 * BLOCK)), ENOUGH))
      .to.throw(Archive.MalformedError)
      .that.includes({ position: 2 * BLOCK });
  });

  it("refuses a size that is no number", () => {
    const bad = entry("", "package/a", "first");
    bad.set(utf8("many"), 124);
    expect(() => Archive.read(pack(bad, END), ENOUGH))
      .to.throw(Archive.MalformedError)
      .that.includes({ position: 0 });
  });

  it("does not unpack more than it was allowed to", () => {
    expect(() => Archive.read(pack(entry("", "package/a", "x".repeat(5_000))), 1_024)).to.throw(
      RangeError,
    );
  });
});
