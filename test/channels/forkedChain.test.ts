// A fork of the chain: the deployed contract under another chain id keeps its channels and forgets their signatures.
import { expect } from "chai";
import { network } from "hardhat";
import * as ChannelState from "../../src/channels/channelState.ts";
import * as PackedCall from "../../src/channels/packedCall.ts";
import type { CoSigned } from "../../src/channels/signing.ts";
import * as TypedData from "../../src/channels/typedData.ts";
import * as Hex from "../../src/primitives/hex.ts";
import { channelOf } from "./channel.ts";
import { CHAIN_ID, openCourt } from "./court.ts";
import type { Channel } from "./channel.ts";

const FORK_ID = 31_338n;

describe("an adjudicator on a forked chain", () => {
  it("keeps the ids, and takes only what is signed for the fork", async () => {
    const court = await openCourt();
    const channel = channelOf(court);
    const code = await court.ethers.provider.getCode(court.address);
    const fork = await network.create({ network: "l1", override: { chainId: Number(FORK_ID) } });
    await fork.provider.request({ method: "hardhat_setCode", params: [court.address, code] });
    const forked = await fork.ethers.getContractAt("Adjudicator", court.address);

    expect(await forked.HOME()).to.equal(Hex.fromBytes(court.home));
    const domain = TypedData.domainSeparator(FORK_ID, Hex.toBytes(court.address));
    expect(await forked.domainSeparator()).to.equal(Hex.fromBytes(domain));
    expect(await court.contract.domainSeparator()).to.equal(
      Hex.fromBytes(TypedData.domainSeparator(CHAIN_ID, Hex.toBytes(court.address))),
    );
    const presented = channel.agreed(3n);
    const hash = ChannelState.hash(presented.state);
    await expect(forked.respond(packedOf(channel, presented)))
      .to.be.revertedWithCustomError(forked, "NotCoSigned")
      .withArgs(hash);
    const onFork = channelOf({ ...court, domain }, { salt: channel.params.salt });
    expect(onFork.id).to.deep.equal(channel.id);
    await forked.respond(packedOf(onFork, onFork.agreed(3n)));
    expect((await forked.headOf(channel.id)).version).to.equal(3n);
  });
});

function packedOf({ params }: Channel, presented: CoSigned): Uint8Array {
  return PackedCall.pack({ kind: "respond", params, presented });
}
