// BLOCKHASH in eth_call, where the ring of hashes is full: what a block read is what a call at the block reads.
import { expect } from "chai";
import * as Opcode from "../../../src/machine/opcode.ts";
import type { Backend } from "../../../src/node/backend.ts";
import * as Database from "../../../src/node/database.ts";
import type { Methods } from "../../../src/node/rpc/dispatch.ts";
import * as RpcMethods from "../../../src/node/rpc/methods/methods.ts";
import * as Bytes from "../../../src/primitives/bytes.ts";
import * as Hex from "../../../src/primitives/hex.ts";
import * as DerivedChain from "../../harness/derivedChain.ts";
import * as L2Chain from "../../harness/l2Chain.ts";
import * as RpcBackend from "../../harness/rpcBackend.ts";
import { assemble } from "../../parity/program.ts";

const READER = 0x4ead4n;
const BLOCKS = 258;
const OLDEST = 256n;

// Stores and returns the hash of the block 256 before its own.
const reader = assemble(
  ...[OLDEST, Opcode.NUMBER, Opcode.SUB, Opcode.BLOCKHASH, Opcode.DUP1, 0n, Opcode.SSTORE],
  ...[0n, Opcode.MSTORE, 32n, 0n, Opcode.RETURN],
);
const AT = Hex.fromBytes(Bytes.fromBigInt(READER, 20));

describe("node/rpc BLOCKHASH of the oldest block", function () {
  this.timeout(30_000);
  let backend: Backend;
  let methods: Methods;
  before(async () => {
    const blocks = Array.from({ length: BLOCKS }, (_, index) =>
      index < BLOCKS - 2
        ? []
        : [L2Chain.transaction(L2Chain.ALICE, index - BLOCKS + 2, { to: AT })],
    );
    const accounts = [L2Chain.contractAt(READER, Hex.fromBytes(reader))];
    const { chain } = await DerivedChain.open(accounts, blocks);
    backend = RpcBackend.of(chain);
    methods = RpcMethods.create(backend);
  });
  after(() => Database.close(backend.chain.database));

  const ask = <T>(name: string, ...params: unknown[]) =>
    RpcBackend.ask<T>(methods, name, ...params);

  for (const number of [BLOCKS - 1, BLOCKS]) {
    it(`is in a call at block ${number} what that block read, and one further in a block to come`, () => {
      const block = Hex.fromBigInt(BigInt(number));
      const hashOf = (of: number) =>
        ask<{ hash: string }>("eth_getBlockByNumber", Hex.fromBigInt(BigInt(of))).hash;
      const oldest = hashOf(number - 256);
      expect(ask("eth_getStorageAt", AT, "0x0", block)).to.equal(oldest);
      expect(ask("eth_call", { to: AT }, block)).to.equal(oldest);
      if (number !== BLOCKS) return;
      expect(ask("eth_call", { to: AT }, "pending")).to.equal(hashOf(number - 255));
      const simulation = { blockStateCalls: [{ calls: [{ to: AT }] }] };
      const [simulated] = ask<{ calls: { returnData: string }[] }[]>(
        "eth_simulateV1",
        simulation,
        block,
      );
      expect(simulated?.calls[0]?.returnData).to.equal(hashOf(number - 255));
    });
  }
});
