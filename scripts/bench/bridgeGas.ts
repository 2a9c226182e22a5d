// What the bridge, the inbox and an unrivaled claim cost, on the deployed contracts and an L1 with all limits on.
import type { Signer, TransactionResponse } from "ethers";
import { assert } from "../../src/primitives/assert.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { MAX_BODY_BYTES } from "../../src/protocol/limits.ts";
import { OPTIONS, startL1 } from "../../test/harness/rollupProcess.ts";
import { message, outbox } from "../../test/harness/withdrawals.ts";
import * as Calldata from "../../test/dispute/calldata.ts";
import * as Claims from "./claims.ts";
import type { Topic } from "./report.ts";
import { count, table } from "./table.ts";

type Row = {
  readonly action: string;
  readonly gas: bigint;
  readonly bytes: number;
  readonly floor: bigint;
};
type Bench = Awaited<ReturnType<typeof prepare>>;

const RING = 4_096;
const FILL = 128;
/** More than a claim stands unrivaled in development. */
const CLOCK_SECONDS = 301;
const VALUE = 10n ** 18n;
const OTHER_MESSAGES = [20, 1_000];

/** Aims of this project, and what others published. */
const REMARKS: Readonly<Record<string, string>> = {
  "their mean": "aim 42,000; OP 57,267 to 128,505, Arbitrum 91,067",
  propose: "aim 140,000; OP 438,004 (below), Arbitrum 161,024",
  "prove a withdrawal, 1,000 sent before": "aim 170,000; OP 276,947",
  "finalize a withdrawal of ether": "aim 75,000; OP 97,902, Arbitrum 114,153 (its only step)",
  "deposit of an ERC-20": "OP 157,854, Arbitrum 215,017",
  "confirm, which frees the bond": "Arbitrum 99,332",
};

export const bridgeGas: Topic = {
  name: "bridge",
  title: "Gas of the bridge and of batches",
  measure: async (say) => {
    const bench = await prepare();
    say("contracts are deployed");
    const rows = [...(await deposits(bench, say)), ...(await batches(bench))];
    say("batches are posted");
    rows.push(...(await withdrawals(bench)));
    const head = ["transaction", "gas", "calldata bytes", "remark"];
    return [
      table(
        head,
        rows.map((row) => [row.action, count(row.gas), count(row.bytes), remark(row)]),
      ),
      [
        "Bodies are of random bytes. Figures of others are published or from this project's research, not measured in this run. A",
        "proposal is above its aim: it carries 16 siblings and leaves a contract whose code is the claim. A deposit overwrites a hash",
        "in its ring besides counting, and each fourth the times of four. A batch of less than some 7 KB pays for its two new slots",
        "above the floor.",
      ].join("\n"),
    ].join("\n\n");
  },
};

function remark({ action, gas, bytes, floor }: Row): string {
  if (!action.startsWith("post")) return REMARKS[action] ?? "";
  return `${(Number(gas) / bytes).toFixed(1)} gas a byte, floor ${count(floor)}`;
}

// What no transaction with this calldata can go below (EIP-7623).
function floorOf(data: Uint8Array): bigint {
  const zeroes = data.filter((byte) => byte === 0).length;
  return 21_000n + 10n * BigInt(zeroes) + 40n * BigInt(data.length - zeroes);
}

async function prepare() {
  const l1 = await startL1(OPTIONS);
  const { ethers } = l1.connection;
  const [, sequencer, user] = await ethers.getSigners();
  assert(sequencer !== undefined && user !== undefined, "the in-process L1 has accounts");
  const at = async (name: string, address: string, signer: Signer) =>
    (await ethers.getContractAt(name, address)).connect(signer);
  const { portal, inbox, disputeGame, l1StandardBridge } = l1.deployed;
  return {
    ...{ ethers, pass: l1.pass, sequencer, user, deployed: l1.deployed },
    portal: await at("Portal", portal, user),
    inbox: await at("Inbox", inbox, sequencer),
    game: await at("DisputeGame", disputeGame, user),
    bridge: await at("L1StandardBridge", l1StandardBridge, user),
  };
}

async function cost(action: string, sent: Promise<TransactionResponse>): Promise<Row> {
  const response = await sent;
  const receipt = await response.wait();
  assert(receipt !== null, "automine leaves a receipt");
  const data = Hex.toBytes(response.data);
  return { action, gas: receipt.gasUsed, bytes: data.length, floor: floorOf(data) };
}

async function deposits(bench: Bench, say: (line: string) => void): Promise<Row[]> {
  const { ethers, portal, bridge, user } = bench;
  const deposit = (action: string) =>
    cost(
      action,
      portal
        .getFunction("depositTransaction")
        .send(user, VALUE, 100_000n, false, "0x", { value: VALUE }),
    );
  await deposit("the very first");
  const rows = [await deposit("deposit of ether, first lap of the ring")];

  const filler = await ethers.deployContract("RingFiller");
  for (let made = 2; made + FILL <= RING; made += FILL)
    await filler.getFunction("fill").send(portal, FILL);
  const [waiting]: bigint[] = await portal.getFunction("depositCounts").staticCall();
  for (let made = Number(waiting); made < RING; made++) await deposit("filling");
  await post(bench, "consuming", "0x", RING);
  say("the ring of deposits is full once");
  await deposit("the first of a slot of four times");
  const [later, , fourth] = [
    await deposit("deposit of ether, later laps"),
    await deposit("another like it"),
    await deposit("each fourth of them"),
  ];
  const mean = (3n * later.gas + fourth.gas) / 4n;
  rows.push(later, fourth, { ...later, action: "their mean", gas: mean });

  const token = (await ethers.deployContract("PlainToken")).connect(user);
  await token.getFunction("mint").send(user, VALUE);
  await token.getFunction("approve").send(bridge, VALUE);
  const l2Token = await bridge.getAddress();
  const give = (action: string) =>
    cost(action, bridge.getFunction("depositERC20").send(token, l2Token, 7n, 200_000, "0x"));
  await give("the very first of a token");
  rows.push(await give("deposit of an ERC-20"));
  return rows;
}

async function batches(bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  await post(bench, "the very first", "0x00");
  for (const size of [0, 1_024, 10_240, MAX_BODY_BYTES]) {
    const body = Hex.fromBytes(randomBytes(size));
    const row = await post(bench, `post a body of ${count(size)} bytes`, body);
    rows.push(row);
  }
  return rows;
}

async function post(bench: Bench, action: string, body: string, depositsTo?: number): Promise<Row> {
  const { ethers, inbox } = bench;
  const [, taken]: bigint[] = await bench.portal.getFunction("depositCounts").staticCall();
  const posted: bigint = await inbox.getFunction("batchCount").staticCall();
  const previous: string = await inbox.getFunction("accumulator").staticCall(posted);
  const origin = await ethers.provider.getBlockNumber();
  const options = { gasLimit: 16_777_216n };
  const fields = [previous, 1n, origin, depositsTo ?? taken, body, options];
  return cost(action, inbox.getFunction("post").send(...fields));
}

// Two claims, the second on top of the first, and a withdrawal proven under each.
async function withdrawals(bench: Bench): Promise<Row[]> {
  const { portal, game, user, pass } = bench;
  const rows: Row[] = [];
  let parent = Claims.genesis(bench.deployed);
  for (const [index, others] of OTHER_MESSAGES.entries()) {
    const sent = message({ target: user.address, value: 1n, nonce: BigInt(index) });
    const box = await outbox([sent], others);
    const accumulator: string = await bench.inbox.getFunction("accumulator").staticCall(index + 1);
    const claim = Claims.after(parent, Hex.toBytes(box.root), Hex.toBytes(accumulator));
    const isLast = index === OTHER_MESSAGES.length - 1;
    const value = await game.getFunction("CLAIM_BOND").staticCall();
    const data = Calldata.encode(game.interface, claim.move);
    const proposed = await cost("propose", user.sendTransaction({ to: game, data, value }));

    const proof = await box.prove(sent);
    const fields = [sent, index + 1, box.output, proof];
    const proven = await cost(
      `prove a withdrawal, ${count(others)} sent before`,
      portal.getFunction("proveWithdrawalTransaction").send(...fields),
    );
    await pass(CLOCK_SECONDS);
    const names = [claim.move.parent, claim.move.root].map(Hex.fromBytes);
    const confirmed = await cost(
      "confirm, which frees the bond",
      game.getFunction("confirm").send(...names, []),
    );
    const finalized = await cost(
      "finalize a withdrawal of ether",
      portal.getFunction("finalizeWithdrawalTransaction").send(sent),
    );
    parent = claim;
    rows.push(...(isLast ? [proposed, proven, confirmed, finalized] : [proven]));
  }
  return rows;
}

function randomBytes(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => 1 + ((i * 167 + (i >> 8) * 31) % 255));
}
