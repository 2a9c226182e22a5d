// The L1 contracts of one rollup on a fresh in-process L1, with toy games in place of disputes.
import { network } from "hardhat";
import { assert } from "../../src/primitives/assert.ts";

export const WINDOW = 600;
export const PROOF_MATURITY = 60;
export const GENESIS = `0x${"9e".repeat(32)}`;

/** Deploys the inbox and the portal, which name each other, from one account's next two nonces. */
export async function deployRollup() {
  const connection = await network.create("l1");
  const { ethers, provider } = connection;
  const signers = await ethers.getSigners();
  const signer = (index: number) => {
    const found = signers[index];
    assert(found !== undefined, "the in-process L1 has twenty accounts");
    return found;
  };
  const [deployer, sequencer, user, stranger] = [signer(0), signer(1), signer(2), signer(3)];
  const games = await ethers.deployContract("ToyGames");
  const nonce = await deployer.getNonce();
  const inboxAddress = ethers.getCreateAddress({ from: deployer.address, nonce: nonce + 1 });
  const portal = await ethers.deployContract("Portal", [inboxAddress, games, PROOF_MATURITY]);
  const inbox = await ethers.deployContract("Inbox", [sequencer.address, portal, WINDOW, GENESIS]);

  /** Moves the clock of L1 and mines a block. */
  async function pass(seconds: number) {
    await provider.request({ method: "evm_increaseTime", params: [seconds] });
    await provider.request({ method: "evm_mine", params: [] });
  }
  const now = async () => BigInt((await ethers.provider.getBlock("latest"))?.timestamp ?? 0);
  return {
    connection,
    ethers,
    deployer,
    sequencer,
    user,
    stranger,
    games,
    portal,
    inbox,
    pass,
    now,
  };
}

export type Rollup = Awaited<ReturnType<typeof deployRollup>>;
