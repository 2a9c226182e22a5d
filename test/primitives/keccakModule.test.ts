import { expect } from "chai";
import { keccakP } from "@noble/hashes/sha3.js";
import fc from "fast-check";
import * as KeccakModule from "../../src/primitives/keccakModule.ts";

const { FRESH, INPUT, RATE, STATE, STATE_BYTES } = KeccakModule;
const FUZZ = { seed: 0x1600, numRuns: 100 };

describe("KeccakModule", () => {
  const sponge = KeccakModule.instantiate();
  const memory = new Uint8Array(sponge.memory.buffer);
  const stateAt = (address: number) => memory.slice(address, address + STATE_BYTES);

  // The permutation of another library, on the state as halves of lanes.
  function permuted(bytes: Uint8Array): Uint8Array {
    const halves = new Uint32Array(bytes.slice().buffer);
    keccakP(halves);
    return new Uint8Array(halves.buffer);
  }

  it("permutes zeros to the first vector of Keccak-f[1600]", () => {
    memory.fill(0, INPUT, INPUT + RATE);
    sponge.absorb(FRESH, RATE);
    expect(Buffer.from(stateAt(STATE).subarray(0, 32)).toString("hex")).to.equal(
      "e7dde140798f25f18a47c033f9ccd584eea95aa61e2698d54d49806f304715bd",
    );
  });

  it(`absorbs a block as noble's permutation does (seed ${FUZZ.seed})`, () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(STATE_BYTES), bytes(RATE), (before, block) => {
        memory.set(before, STATE);
        memory.set(block, INPUT);
        sponge.absorb(STATE, RATE);
        const mixed = before.map((byte, i) => byte ^ (block[i] ?? 0));
        expect(stateAt(STATE)).to.deep.equal(permuted(mixed));
      }),
      FUZZ,
    );
  });

  it("leaves the sponge that has taken nothing as it was", () => {
    memory.fill(0xff, INPUT, INPUT + KeccakModule.INPUT_BYTES);
    sponge.finish(FRESH, KeccakModule.INPUT_BYTES);
    expect(stateAt(FRESH)).to.deep.equal(new Uint8Array(STATE_BYTES));
  });
});
