import { network } from "hardhat";
import { Wallet, Transaction, Signature, encodeRlp, concat, toBeHex, keccak256, SigningKey } from "ethers";
const { ethers } = await network.create("l1");
const w = new Wallet("0x" + "11".repeat(32));
const ctx = { fork: 2, chainId: 42069n, caps: true, inbox: w.address, endBlock: 0 };
function trim(t: any, grow: (n: number) => any): string {
  let lo = 1, hi = 70000, best = "";
  while (lo <= hi) { const mid = (lo + hi) >> 1; const s = grow(mid); if ((s.length - 2) / 2 <= 65536) { best = s; lo = mid + 1; } else hi = mid - 1; }
  return best;
}
function sign(x: any) { const t = Transaction.from(x); t.signature = new SigningKey(w.privateKey).sign(t.unsignedHash); return t.serialized; }
describe("gas", function () { this.timeout(100000);
  it("x", async () => {
    const h = await ethers.deployContract("EntryTransactionHarness");
    const base = { type: 2, chainId: 42069n, nonce: 1, maxFeePerGas: 5n, maxPriorityFeePerGas: 1n, gasLimit: 16000000n, to: w.address, value: 1n, data: "0x" };
    const cases: Record<string,string> = {}; for (const n of [100,200,400]) { cases["a"+n]=sign({ ...base, accessList: Array(n).fill({ address: w.address, storageKeys: [] }) }); cases["s"+n]= sign({ ...base, accessList: [{ address: w.address, storageKeys: Array(n).fill("0x" + "cd".repeat(32)) }] }); cases["d"+n]= sign({ ...base, data:"0x"+"cd".repeat(32*n) }); }
    const auths = (n: number) => {
      const f = (v: bigint) => v === 0n ? "0x" : toBeHex(v);
      const list = Array(Math.min(n,2700)).fill([ "0x", w.address, "0x", "0x", "0x", "0x" ]);
      const body: any[] = [f(42069n), "0x01", "0x01", "0x05", f(16000000n), w.address, "0x", "0x", [], list];
      const hash = keccak256(concat(["0x04", encodeRlp(body)]));
      const s = new SigningKey(w.privateKey).sign(hash);
      return concat(["0x04", encodeRlp([...body, s.yParity ? "0x01" : "0x", s.r, s.s])]);
    };
    for (const n of [100,200,400]) cases["auth"+n] = auths(n);


    for (const [k, v] of Object.entries(cases)) {
      const [ok, t] = await h.getFunction("fromBytes")(v, ctx, { gasLimit: 16777216 });
      console.log(k, (v.length - 2) / 2, ok, t.sender === w.address, t.hash === keccak256(v), await h.getFunction("gasOf")(v, ctx, { gasLimit: 16777216 }), t.accessAddresses, t.accessSlots, t.authorizationCount, t.dataSize, t.dataZeroes);
    }
  });
});
