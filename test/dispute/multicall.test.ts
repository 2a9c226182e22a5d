import { expect } from "chai";
import { nextMoves, proposal } from "../../src/dispute/nextMoves.ts";
import { CLAIM_BOND, FULL, deployArena } from "./arena.ts";
import * as Calldata from "./calldata.ts";
import { advance } from "./match.ts";
import { noClaims, rivalSteps } from "./stages.ts";

describe("DisputeGame.multicall", () => {
  it("answers a liar who has bisected down to a block in one transaction", async () => {
    const arena = await deployArena(FULL);
    const honest = { player: 0, trace: arena.trace(arena.genesis, 200n) };
    const lies = [
      { leaf: 77, step: 3 },
      { leaf: 77, step: 4 },
    ];
    const liars = lies.map((lie, i) => ({
      player: i + 1,
      trace: arena.trace(arena.genesis, 200n, lie),
    }));
    for (const { trace, player } of liars) await arena.make(proposal(trace), player);
    await advance(arena, liars, ["bisect"]);
    await arena.make(proposal(honest.trace));

    const moves = nextMoves(arena.model(), honest.trace);
    const kinds = moves.map(({ kind }) => kind);
    expect(kinds).to.deep.equal([...Array<string>(16).fill("bisect"), "refine"]);
    const calls = moves.slice(0, 16).map((move) => Calldata.encode(arena.abi, move));
    arena.wait(1n);
    const data = arena.abi.encodeFunctionData("multicall", [calls]);
    const outcome = await arena.send(
      data,
      arena.signers[0]?.address ?? expect.fail("a player"),
      0n,
    );
    if (outcome.kind === "rejected") expect.fail(outcome.reason);
    expect(outcome.receipt.logs).to.have.length(16);
  });

  it("carries no bond", async () => {
    const { arena, honest } = await noClaims();
    const call = Calldata.encode(arena.abi, proposal(honest.trace));
    await expect(arena.contract.multicall([call]))
      .to.be.revertedWithCustomError(arena.contract, "WrongBond")
      .withArgs(CLAIM_BOND, 0n);
    const data = arena.abi.encodeFunctionData("multicall", [[call]]);
    const [from] = arena.signers;
    await expect(
      from?.sendTransaction({ to: arena.address, data, value: CLAIM_BOND }),
    ).to.be.revertedWithoutReason(arena.ethers);
    expect(await arena.ethers.provider.getBalance(arena.address)).to.equal(0n);
  });

  it("makes all of its moves or none", async () => {
    const { arena, honest, liar } = await rivalSteps();
    const [proof] = nextMoves(arena.model(), honest.trace);
    const [lie] = nextMoves(arena.model(), liar.trace);
    if (proof === undefined || lie === undefined) expect.fail("both sides have a proof to make");
    const calls = [proof, lie].map((move) => Calldata.encode(arena.abi, move));
    await expect(arena.contract.multicall(calls)).to.be.revertedWithCustomError(
      arena.contract,
      "WrongSuccessor",
    );
    expect((await arena.make(proof)).kind).to.equal("made");
  });
});
