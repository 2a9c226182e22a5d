import { expect } from "chai";
import * as Hex from "../../src/primitives/hex.ts";
import * as Deposit from "../../src/protocol/deposit.ts";
import { deployRollup, PROOF_MATURITY } from "../harness/deployment.ts";
import { hashOf, message, outbox, propose } from "../harness/withdrawals.ts";

const L2_BRIDGE = "0x4200000000000000000000000000000000000010";
const L2_TOKEN = "0x7272727272727272727272727272727272727272";
const AMOUNT = 1_000n;

async function withToken(
  contract = "PlainToken",
  parameters: (bridge: string) => unknown[] = () => [],
) {
  const rollup = await deployRollup();
  const { ethers, portal, user } = rollup;
  const bridge = await ethers.deployContract("L1StandardBridge", [portal]);
  const address = await bridge.getAddress();
  const token = await ethers.deployContract(contract, parameters(address));
  await token.mint(user, AMOUNT * 10n);
  await token.connect(user).approve(bridge, AMOUNT * 10n);
  return { ...rollup, bridge, bridgeAddress: address, token, l1Token: await token.getAddress() };
}

type WithToken = Awaited<ReturnType<typeof withToken>>;

/** The message that the bridge of L2 sends for a withdrawal of tokens. */
function payout(
  { bridge, bridgeAddress, l1Token, user }: WithToken,
  amount: bigint,
  sender = L2_BRIDGE,
) {
  const data = bridge.interface.encodeFunctionData("finalizeBridgeERC20", [
    l1Token,
    L2_TOKEN,
    user.address,
    user.address,
    amount,
    "0x99",
  ]);
  return message({ sender, target: bridgeAddress, gasLimit: 200_000n, data });
}

async function prove(setup: WithToken, sent: ReturnType<typeof message>) {
  const box = await outbox([sent]);
  const claim = await propose(setup, box.root, 100);
  await claim.game.resolve(false);
  await setup.portal.proveWithdrawalTransaction(
    sent,
    claim.index,
    box.output,
    await box.prove(sent),
  );
  await setup.pass(PROOF_MATURITY);
}

describe("L1StandardBridge", () => {
  describe("a deposit", () => {
    const ways = ["depositERC20", "depositERC20To", "bridgeERC20", "bridgeERC20To"] as const;
    for (const way of ways) {
      it(`by ${way} locks the tokens and sends a message to the bridge of L2`, async () => {
        const setup = await withToken();
        const { bridge, bridgeAddress, token, l1Token, portal, user, stranger } = setup;
        const to = way.endsWith("To") ? stranger : user;
        const call = way.endsWith("To")
          ? [l1Token, L2_TOKEN, to, AMOUNT, 0, "0x55"]
          : [l1Token, L2_TOKEN, AMOUNT, 0, "0x55"];
        const deposited = bridge.connect(user).getFunction(way)(...call);
        const fields = [l1Token, L2_TOKEN, user.address, to.address, AMOUNT, "0x55"];
        await expect(deposited)
          .to.emit(bridge, "ERC20DepositInitiated")
          .withArgs(...fields);
        await expect(deposited)
          .to.emit(bridge, "ERC20BridgeInitiated")
          .withArgs(...fields);
        expect(await token.balanceOf(bridge)).to.equal(AMOUNT);
        expect(await bridge.deposits(l1Token, L2_TOKEN)).to.equal(AMOUNT);

        const [log] = await portal.queryFilter("TransactionDeposited");
        const args = log !== undefined && "args" in log ? log.args : undefined;
        const offset = 0x1111000000000000000000000000000000001111n;
        expect(BigInt(args?.from)).to.equal(BigInt.asUintN(160, BigInt(bridgeAddress) + offset));
        expect(args?.to).to.equal(L2_BRIDGE);
        const opaque = Deposit.parseOpaqueData(Hex.toBytes(args?.opaqueData));
        expect(Hex.fromBytes(opaque.data)).to.equal(
          bridge.interface.encodeFunctionData("finalizeBridgeERC20", [
            L2_TOKEN,
            l1Token,
            user.address,
            to.address,
            AMOUNT,
            "0x55",
          ]),
        );
        // Above this the portal would burn gas.
        expect(opaque.gasLimit <= 200_000n + 40n * 64n).to.equal(true);
      });
    }

    it("credits what has come if the token takes a fee", async () => {
      const { bridge, l1Token, user } = await withToken("FeeToken");
      await bridge.connect(user).depositERC20(l1Token, L2_TOKEN, AMOUNT, 0, "0x");
      expect(await bridge.deposits(l1Token, L2_TOKEN)).to.equal((AMOUNT * 99n) / 100n);
    });

    it("cannot be counted twice by a token that deposits inside it", async () => {
      const { bridge, l1Token, user } = await withToken("HookToken", (address) => [address]);
      await expect(
        bridge.connect(user).depositERC20(l1Token, L2_TOKEN, AMOUNT, 0, "0x"),
      ).to.be.revertedWithCustomError(bridge, "ReentrancyGuardReentrantCall");
    });

    it("to the same account reverts for a contract, whose address on L2 is not its own", async () => {
      const { ethers, bridge, l1Token } = await withToken();
      const depositor = await ethers.deployContract("TokenDepositor");
      await expect(depositor.deposit(bridge, l1Token, L2_TOKEN))
        .to.be.revertedWithCustomError(bridge, "CallerIsContract")
        .withArgs(await depositor.getAddress());
    });

    it("reverts for an account that is no token", async () => {
      const { bridge, user, ethers } = await withToken();
      await expect(bridge.connect(user).depositERC20(user, L2_TOKEN, AMOUNT, 0, "0x")).to.be.revert(
        ethers,
      );
    });
  });

  describe("a withdrawal", () => {
    it("pays once what the bridge of L2 has burned", async () => {
      const setup = await withToken();
      const { bridge, token, l1Token, portal, user } = setup;
      await bridge.connect(user).depositERC20(l1Token, L2_TOKEN, AMOUNT, 0, "0x");
      const sent = payout(setup, 400n);
      await prove(setup, sent);
      const before = await token.balanceOf(user);
      const paid = portal.finalizeWithdrawalTransaction(sent);
      const fields = [l1Token, L2_TOKEN, user.address, user.address, 400n, "0x99"];
      await expect(paid)
        .to.emit(bridge, "ERC20WithdrawalFinalized")
        .withArgs(...fields);
      await expect(paid)
        .to.emit(bridge, "ERC20BridgeFinalized")
        .withArgs(...fields);
      expect((await token.balanceOf(user)) - before).to.equal(400n);
      expect(await bridge.deposits(l1Token, L2_TOKEN)).to.equal(AMOUNT - 400n);
      await expect(portal.finalizeWithdrawalTransaction(sent)).to.be.revertedWithCustomError(
        portal,
        "OptimismPortal_AlreadyFinalized",
      );
    });

    it("pays no more than was deposited for that pair of tokens", async () => {
      const setup = await withToken();
      const { bridge, l1Token, portal, user } = setup;
      await bridge.connect(user).depositERC20(l1Token, L2_TOKEN, AMOUNT, 0, "0x");
      const other = "0x7373737373737373737373737373737373737373";
      await bridge.connect(user).depositERC20(l1Token, other, AMOUNT, 0, "0x");
      const sent = payout(setup, AMOUNT + 1n);
      await prove(setup, sent);
      const reason = bridge.interface.encodeErrorResult("DepositsTooSmall", [AMOUNT, AMOUNT + 1n]);
      await expect(portal.finalizeWithdrawalTransaction(sent))
        .to.be.revertedWithCustomError(portal, "WithdrawalFailed")
        .withArgs(hashOf(sent), reason);
    });

    it("is believed from the portal alone, and from it only for the bridge of L2", async () => {
      const setup = await withToken();
      const { bridge, l1Token, portal, user } = setup;
      await bridge.connect(user).depositERC20(l1Token, L2_TOKEN, AMOUNT, 0, "0x");
      await expect(bridge.connect(user).finalizeBridgeERC20(l1Token, L2_TOKEN, user, user, 1, "0x"))
        .to.be.revertedWithCustomError(bridge, "CallerNotBridge")
        .withArgs(user.address);

      const forged = payout(setup, 1n, user.address);
      await prove(setup, forged);
      const reason = bridge.interface.encodeErrorResult("CallerNotBridge", [
        await portal.getAddress(),
      ]);
      await expect(portal.finalizeWithdrawalTransaction(forged))
        .to.be.revertedWithCustomError(portal, "WithdrawalFailed")
        .withArgs(hashOf(forged), reason);
    });
  });

  it("names the bridge of L2 and the portal", async () => {
    const { bridge, portal } = await withToken();
    expect(await bridge.otherBridge()).to.equal(L2_BRIDGE);
    expect(await bridge.PORTAL()).to.equal(await portal.getAddress());
  });
});
