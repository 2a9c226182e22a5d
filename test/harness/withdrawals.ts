// Withdrawals that an L2 could have sent, and claims under which they can be proven.
import { parseEther, solidityPackedKeccak256 } from "ethers";
import * as Hex from "../../src/primitives/hex.ts";
import * as OutputRoot from "../../src/protocol/outputRoot.ts";
import * as Withdrawal from "../../src/protocol/withdrawal.ts";
import { deployRollup, type Rollup } from "./deployment.ts";
import { proofOf, SENT, slotOf, trieOf } from "./messagePasserTrie.ts";

const MESSAGE_VERSION = 1n << 240n;
const CLOCK_SECONDS = 300;

/** A withdrawal in the form that ethers encodes. */
export type Message = {
  nonce: bigint;
  sender: string;
  target: string;
  value: bigint;
  gasLimit: bigint;
  data: string;
};

/** A withdrawal with the fields that the test does not care about filled in. */
export function message(fields: Partial<Message> & { target: string }): Message {
  const sender = `0x${"5e".repeat(20)}`;
  return { nonce: MESSAGE_VERSION, sender, value: 0n, gasLimit: 100_000n, data: "0x", ...fields };
}

export function withdrawalOf(sent: Message): Withdrawal.Withdrawal {
  return {
    ...sent,
    sender: Hex.toBytes(sent.sender),
    target: Hex.toBytes(sent.target),
    data: Hex.toBytes(sent.data),
  };
}

export function hashOf(sent: Message): Hex.Hex {
  return Hex.fromBytes(Withdrawal.hash(withdrawalOf(sent)));
}

/** The storage of a message passer that has sent these messages after some others. */
export async function outbox(messages: readonly Message[], others = 20, value = SENT) {
  const slots = Array.from({ length: others }, (_, i) =>
    Hex.toBytes(solidityPackedKeccak256(["string", "uint256"], ["other", i])),
  );
  for (const sent of messages) slots.push(slotOf(withdrawalOf(sent)));
  const trie = await trieOf(slots, value);
  const output = {
    version: `0x${"00".repeat(32)}`,
    stateRoot: `0x${"51".repeat(32)}`,
    messagePasserStorageRoot: Hex.fromBytes(trie.root()),
    latestBlockhash: `0x${"b1".repeat(32)}`,
  };
  const root = Hex.fromBytes(
    OutputRoot.hash({
      stateRoot: Hex.toBytes(output.stateRoot),
      messagePasserStorageRoot: trie.root(),
      blockHash: Hex.toBytes(output.latestBlockhash),
    }),
  );
  const prove = (sent: Message) => proofOf(trie, slotOf(withdrawalOf(sent)));
  return { output, root, prove };
}

/** Claims an output at a block and gives the claim's game and index. */
export async function propose(rollup: Rollup, root: string, block: number) {
  const { games, ethers } = rollup;
  await games.propose(root, block, CLOCK_SECONDS);
  const index = (await games.gameCount()) - 1n;
  const [, , address] = await games.gameAtIndex(index);
  return { index, game: await ethers.getContractAt("ToyGame", address), address };
}

export const VALUE = parseEther("3");

/** A portal with ether, and one claim under which the given messages were sent. */
export async function withSent(make: (targets: { user: string; portal: string }) => Message[]) {
  const rollup = await deployRollup();
  const { user, portal, deployer } = rollup;
  await deployer.sendTransaction({ to: portal, value: parseEther("10") });
  const messages = make({ user: user.address, portal: await portal.getAddress() });
  const [sent] = messages;
  if (sent === undefined) throw new RangeError("no message");
  const box = await outbox(messages);
  const claim = await propose(rollup, box.root, 100);
  const hash = hashOf(sent);
  const prove = async (
    signer: "user" | "stranger" = "user",
    index = claim.index,
    which: Message = sent,
  ) =>
    portal
      .connect(rollup[signer])
      .proveWithdrawalTransaction(which, index, box.output, await box.prove(which));
  const confirm = () => claim.game.resolve(false);
  const finalize = (signer: "user" | "stranger" = "user", which: Message = sent) =>
    portal.connect(rollup[signer]).finalizeWithdrawalTransaction(which);
  return { ...rollup, box, claim, sent, messages, hash, prove, confirm, finalize };
}

/** The same with one withdrawal of VALUE to the user. */
export const toUser = () => withSent(({ user }) => [message({ target: user, value: VALUE })]);
