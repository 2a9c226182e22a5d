// Where @ethereumjs/mpt and this trie differ, and what decides: a trie is a function of its entries and of nothing
// else (Yellow Paper, appendix D), so what is left after a removal has the root that it has when it is written anew.
import { createMPT } from "@ethereumjs/mpt";
import { expect } from "chai";
import * as PatriciaTrie from "../../src/merkle/patriciaTrie.ts";
import * as Hex from "../../src/primitives/hex.ts";

const SHORT = Uint8Array.of(0x01);
const LONG = Uint8Array.of(0x01, 0x00);
const OTHER = Uint8Array.of(0x01, 0x10);
const VALUE = Uint8Array.of(7);

describe("a key that ends within others", () => {
  const all = [SHORT, LONG, OTHER];

  function trieOf(keys: readonly Uint8Array[]): PatriciaTrie.PatriciaTrie<Uint8Array> {
    return keys.reduce((trie, key) => PatriciaTrie.put(trie, key, VALUE), PatriciaTrie.empty);
  }

  it("stays when the branch that holds its value collapses", () => {
    for (const removed of [[LONG], [OTHER], [LONG, OTHER]]) {
      const left = all.filter((key) => !removed.includes(key));
      const trie = removed.reduce((map, key) => PatriciaTrie.remove(map, key), trieOf(all));
      expect(PatriciaTrie.get(trie, SHORT)).to.deep.equal(VALUE);
      expect(Hex.fromBytes(PatriciaTrie.root(trie))).to.equal(
        Hex.fromBytes(PatriciaTrie.root(trieOf(left))),
      );
    }
  });

  it("is lost by @ethereumjs/mpt, whose users have keys of one length", async () => {
    for (const removed of [[LONG], [OTHER], [LONG, OTHER]]) {
      const peer = await createMPT();
      for (const key of all) await peer.put(key, VALUE);
      for (const key of removed) await peer.del(key);
      expect(await peer.get(SHORT), removed.map(Hex.fromBytes).join(" ")).to.equal(null);
    }
  });
});
