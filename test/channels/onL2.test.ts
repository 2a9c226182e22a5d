// The same bytecode on the L2: a channel that opens, is disputed, answered, and closed, by the machine that runs its blocks.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { getCreateAddress } from "ethers";
import * as Adjudicator from "../../src/channels/adjudicator.ts";
import type { AdjudicatorCall } from "../../src/channels/adjudicatorCall.ts";
import type { AdjudicatorEvent } from "../../src/channels/adjudicatorEvent.ts";
import { ETHER } from "../../src/channels/ledger.ts";
import * as Params from "../../src/channels/params.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Cursor from "../../src/machine/cursor.ts";
import * as Bytes from "../../src/primitives/bytes.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Signature from "../../src/primitives/signature.ts";
import * as Body from "../../src/protocol/body.ts";
import * as L1Chain from "../harness/l1Chain.ts";
import * as L2Chain from "../harness/l2Chain.ts";
import { CHAIN_ID } from "../harness/signedTransactions.ts";
import * as AdjudicatorAbi from "./adjudicatorAbi.ts";
import { HOUR, NO_SIGNATURE, channelOf } from "./channel.ts";
import { openCourt } from "./court.ts";
import type { Party } from "./court.ts";

const GAS = 8_000_000n;
const ARTIFACT = "artifacts/contracts/channels/Adjudicator.sol/Adjudicator.json";

const court = await openCourt();
const { abi } = court;
const { bytecode }: { bytecode: string } = JSON.parse(readFileSync(ARTIFACT, "utf8"));

function partyOf(name: string, key: string): Party {
  const secret = Hex.toBytes(key);
  const account = Signature.addressOf(secret);
  return { name, account, secret, keyAddress: account, keySecret: secret };
}

describe("an adjudicator on the L2", () => {
  it("logs and pays what the model says, block after block", () => {
    const alice = partyOf("alice", L2Chain.ALICE);
    const bob = partyOf("bob", L2Chain.BOB);
    const address = getCreateAddress({ from: Hex.fromBytes(alice.account), nonce: 0 });
    const home = Params.home(CHAIN_ID, Hex.toBytes(address));
    const domain = TypedData.domainSeparator(CHAIN_ID, Hex.toBytes(address));
    const channel = channelOf({ ...court, home, domain, alice, bob, parties: [alice, bob] });
    const { params, id } = channel;
    const secret = new Uint8Array(32).fill(0x5e);

    type Act = { readonly at: bigint; readonly call: AdjudicatorCall; readonly value: bigint };
    // Behind the origin of the batch.
    const start = L2Chain.GENESIS_TIME + 90n;
    const later = start + HOUR;
    const acts: readonly Act[] = [
      { at: start, call: { kind: "depositEth", id, toB: false }, value: 100n },
      { at: start, call: { kind: "depositEth", id, toB: true }, value: 50n },
      {
        at: start,
        call: { kind: "withdraw", params, presented: channel.agreed(1n, { outA: 5n }) },
        value: 0n,
      },
      {
        at: start,
        call: { kind: "challenge", params, presented: channel.initial, signature: NO_SIGNATURE },
        value: 0n,
      },
      {
        at: start,
        call: { kind: "respond", params, presented: channel.agreed(2n, { net: 30n, outA: 5n }) },
        value: 0n,
      },
      { at: start, call: { kind: "reveal", secret }, value: 0n },
      {
        at: start,
        call: {
          kind: "challenge",
          params,
          presented: channel.agreed(2n, { net: 30n, outA: 5n }),
          signature: NO_SIGNATURE,
        },
        value: 0n,
      },
      { at: later, call: { kind: "settle", params, tokens: [ETHER] }, value: 0n },
    ];

    const sent = acts.map(({ call, value }, i) =>
      L2Chain.transaction(L2Chain.ALICE, i + 1, {
        to: address,
        value,
        data: AdjudicatorAbi.encode(abi, call),
        gasLimit: GAS,
      }),
    );
    const creation = L2Chain.transaction(L2Chain.ALICE, 0, {
      to: null,
      data: bytecode,
      gasLimit: GAS,
    });
    const chain = L2Chain.create();
    const body = Body.encode([
      { timestamp: start - 1n, transactions: [creation] },
      { timestamp: start, transactions: sent.slice(0, -3) },
      { timestamp: start, transactions: sent.slice(-3, -1) },
    ]);
    L1Chain.post(chain.l1, { blocks: 3n, body });
    // The L2's time follows the L1's.
    while (chain.l1.time < later) L1Chain.mine(chain.l1);
    const last = Body.encode([{ timestamp: later, transactions: sent.slice(-1) }]);
    L1Chain.post(chain.l1, { blocks: 1n, body: last });
    const [deployed, ...blocks] = L2Chain.derive(chain);

    const success = Cursor.STATUS_SUCCESS;
    expect(deployed?.results.map(({ status }) => status)).to.deep.equal([success]);
    const results = blocks.flatMap((block) => block.results);
    expect(results.map(({ status }) => status)).to.deep.equal(acts.map(() => success));
    let ledger = Adjudicator.empty();
    const around = {
      ...{ home, domain },
      ask: () => false,
      codeHash: () => ETHER,
      validTransition: () => false,
      pull: (_: Uint8Array, __: Uint8Array, amount: bigint) => amount,
      push: () => true,
    };
    for (const [i, { call, value, at }] of acts.entries()) {
      const context = { sender: alice.account, value, time: at };
      const result = Adjudicator.apply(ledger, call, context, around);
      ledger = result.ledger;
      const logs = (results[i]?.logs ?? []).map(({ topics, data }) => ({
        topics: topics.map((topic) => Hex.fromBytes(Bytes.fromBigInt(topic, 32))),
        data: Hex.fromBytes(data),
      }));
      const expected = result.events.map((event: AdjudicatorEvent) =>
        AdjudicatorAbi.plainEvent(event),
      );
      expect(expected).not.to.be.empty;
      expect(AdjudicatorAbi.decode(abi, logs)).to.deep.equal(expected);
    }
  });
});
