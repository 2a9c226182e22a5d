import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { deployL2, L1_BRIDGE, L1_BRIDGE_ALIAS, PREDEPLOYS } from "./predeployed.ts";

const L1_TOKEN = "0x7070707070707070707070707070707070707070";
const GAS_LIMIT = 200_000n;

async function withToken() {
  const l2 = await deployL2();
  const { ethers, factory, bridge, impersonate } = l2;
  await factory.createOptimismMintableERC20(L1_TOKEN, "Plain", "PLN");
  const address = await factory.tokenAddress(L1_TOKEN, "Plain", "PLN", 18);
  const token = await ethers.getContractAt("BridgedToken", address);
  const l1Bridge = await impersonate(L1_BRIDGE_ALIAS);
  const deposit = (to: string, amount: bigint, localToken = address, remoteToken = L1_TOKEN) =>
    bridge
      .connect(l1Bridge)
      .finalizeBridgeERC20(localToken, remoteToken, l2.stranger, to, amount, "0xabcd", {
        gasLimit: GAS_LIMIT,
      });
  return { ...l2, token, address, deposit };
}

describe("BridgedTokenFactory", () => {
  it("makes a token where it said it would, and once", async () => {
    const { ethers, factory, user } = await deployL2();
    const planned = await factory.tokenAddress(L1_TOKEN, "Plain", "PLN", 6);
    const create = () =>
      factory.connect(user).createOptimismMintableERC20WithDecimals(L1_TOKEN, "Plain", "PLN", 6);
    await expect(create())
      .to.emit(factory, "OptimismMintableERC20Created")
      .withArgs(planned, L1_TOKEN, user.address);
    await expect(create()).not.to.emit(factory, "OptimismMintableERC20Created");
    const token = await ethers.getContractAt("BridgedToken", planned);
    expect(await token.decimals()).to.equal(6n);
    expect(await token.name()).to.equal("Plain");
    expect(await token.symbol()).to.equal("PLN");
    expect(await token.remoteToken()).to.equal(L1_TOKEN);
    expect(await token.bridge()).to.equal(PREDEPLOYS.bridge);
    expect(await factory.deployments(planned)).to.equal(L1_TOKEN);
  });
});

describe("BridgedToken", () => {
  it("is minted and burned by the bridge alone", async () => {
    const { token, user } = await withToken();
    for (const method of ["mint", "burn"]) {
      await expect(token.connect(user).getFunction(method)(user, 1))
        .to.be.revertedWithCustomError(token, "CallerNotBridge")
        .withArgs(user.address);
    }
  });

  it("has the interface id of the OP-stack's mintable tokens", async () => {
    const { token } = await withToken();
    expect(await token.supportsInterface("0xec4fc8e3")).to.equal(true);
    expect(await token.supportsInterface("0x01ffc9a7")).to.equal(true);
    expect(await token.supportsInterface("0xffffffff")).to.equal(false);
  });
});

describe("L2StandardBridge", () => {
  describe("a deposit", () => {
    it("is minted to its recipient", async () => {
      const { bridge, token, address, deposit, user, stranger } = await withToken();
      const deposited = deposit(user.address, 70n);
      await expect(deposited)
        .to.emit(bridge, "ERC20BridgeFinalized")
        .withArgs(address, L1_TOKEN, stranger.address, user.address, 70n, "0xabcd");
      await expect(deposited)
        .to.emit(bridge, "DepositFinalized")
        .withArgs(L1_TOKEN, address, stranger.address, user.address, 70n, "0xabcd");
      expect(await token.balanceOf(user)).to.equal(70n);
    });

    it("comes from the bridge of L1 alone, by its alias", async () => {
      const { bridge, address, user, impersonate } = await withToken();
      for (const caller of [user, await impersonate(L1_BRIDGE)]) {
        const call = bridge.connect(caller).finalizeBridgeERC20;
        await expect(call(address, L1_TOKEN, user, user, 1, "0x"))
          .to.be.revertedWithCustomError(bridge, "CallerNotBridge")
          .withArgs((seen: string) => seen.toLowerCase() === caller.address.toLowerCase());
      }
      await expect(bridge.connect(user).mint(address, L1_TOKEN, user, 1))
        .to.be.revertedWithCustomError(bridge, "CallerNotSelf")
        .withArgs(user.address);
    });

    it("of one token does not mint another", async () => {
      const { bridge, token, address, deposit, user, stranger } = await withToken();
      const other = "0x6060606060606060606060606060606060606060";
      await expect(deposit(user.address, 5n, address, other))
        .to.emit(bridge, "MintFailed")
        .withArgs(address, other, stranger.address, user.address, 5n);
      expect(await token.totalSupply()).to.equal(0n);
      await expect(bridge.claimFailedMint(address, other, stranger, user))
        .to.be.revertedWithCustomError(bridge, "WrongRemoteToken")
        .withArgs(L1_TOKEN, other);
    });

    it("is recorded if the token uses up all gas", async () => {
      const { ethers, bridge, deposit, user, stranger } = await withToken();
      const greedy = await ethers.deployContract("GreedyToken", [L1_TOKEN]);
      const address = await greedy.getAddress();
      await deposit(user.address, 5n, address);
      expect(await bridge.failedMint(address, L1_TOKEN, stranger, user)).to.equal(5n);
    });
  });

  describe("a deposit of a token that is not there yet", () => {
    async function waiting() {
      const l2 = await withToken();
      const address = await l2.factory.tokenAddress(L1_TOKEN, "Late", "LATE", 18);
      await l2.deposit(l2.user.address, 30n, address);
      await l2.deposit(l2.user.address, 12n, address);
      const parties = [address, L1_TOKEN, l2.stranger, l2.user];
      return { ...l2, late: address, parties };
    }

    it("is recorded", async () => {
      const { bridge, parties } = await waiting();
      expect(await bridge.failedMint(...parties)).to.equal(42n);
    });

    it("is claimed once the token is there", async () => {
      const { ethers, factory, bridge, late, parties, user, stranger } = await waiting();
      await expect(bridge.claimFailedMint(...parties)).to.be.revert(ethers);
      await factory.createOptimismMintableERC20(L1_TOKEN, "Late", "LATE");
      await expect(bridge.connect(stranger).claimFailedMint(...parties))
        .to.emit(bridge, "ERC20BridgeFinalized")
        .withArgs(late, L1_TOKEN, stranger.address, user.address, 42n, "0x");
      const token = await ethers.getContractAt("BridgedToken", late);
      expect(await token.balanceOf(user)).to.equal(42n);
      await expect(bridge.claimFailedMint(...parties))
        .to.be.revertedWithCustomError(bridge, "NothingFailed")
        .withArgs(late, L1_TOKEN, stranger.address, user.address);
    });

    it("is sent back to its depositor if a party asks for it, and nobody else", async () => {
      const { ethers, bridge, passer, late, parties, user, stranger } = await waiting();
      const [, , third] = await ethers.getSigners();
      await expect(bridge.connect(third ?? null).refundFailedMint(...parties))
        .to.be.revertedWithCustomError(bridge, "CallerNotParty")
        .withArgs(third?.address);
      const message = bridge.interface.encodeFunctionData("finalizeBridgeERC20", [
        L1_TOKEN,
        late,
        user.address,
        stranger.address,
        42n,
        "0x",
      ]);
      await expect(bridge.connect(user).refundFailedMint(...parties))
        .to.emit(passer, "MessagePassed")
        .withArgs(
          1n << 240n,
          PREDEPLOYS.bridge,
          ethers.getAddress(L1_BRIDGE),
          0n,
          200_000n,
          message,
          (hash: string) => ethers.isHexString(hash, 32),
        );
      expect(await bridge.failedMint(...parties)).to.equal(0n);
      await expect(bridge.connect(user).refundFailedMint(...parties))
        .to.be.revertedWithCustomError(bridge, "NothingFailed")
        .withArgs(late, L1_TOKEN, stranger.address, user.address);
    });

    it("is sent back by a depositor that is a contract on L1", async () => {
      const { bridge, parties, stranger, impersonate } = await waiting();
      const offset = 0x1111000000000000000000000000000000001111n;
      const aliased = BigInt.asUintN(160, BigInt(stranger.address) + offset);
      const signer = await impersonate(`0x${aliased.toString(16).padStart(40, "0")}`);
      await bridge.connect(signer).refundFailedMint(...parties);
      expect(await bridge.failedMint(...parties)).to.equal(0n);
    });
  });

  describe("a withdrawal", () => {
    const ways = ["withdraw", "withdrawTo", "bridgeERC20", "bridgeERC20To"] as const;
    for (const way of ways) {
      it(`by ${way} burns the tokens and sends a message to the bridge of L1`, async () => {
        const { ethers, bridge, token, address, passer, deposit, user, stranger } =
          await withToken();
        await deposit(user.address, 70n);
        const to = way.endsWith("To") ? stranger : user;
        const call = {
          withdraw: [address, 30n, 0, "0x77"],
          withdrawTo: [address, to, 30n, 0, "0x77"],
          bridgeERC20: [address, L1_TOKEN, 30n, 0, "0x77"],
          bridgeERC20To: [address, L1_TOKEN, to, 30n, 0, "0x77"],
        }[way];
        const withdrawn = bridge.connect(user).getFunction(way)(...call);
        const message = bridge.interface.encodeFunctionData("finalizeBridgeERC20", [
          L1_TOKEN,
          address,
          user.address,
          to.address,
          30n,
          "0x77",
        ]);
        await expect(withdrawn)
          .to.emit(passer, "MessagePassed")
          .withArgs(
            1n << 240n,
            PREDEPLOYS.bridge,
            ethers.getAddress(L1_BRIDGE),
            0n,
            200_000n,
            message,
            (hash: string) => ethers.isHexString(hash, 32),
          );
        await expect(withdrawn)
          .to.emit(bridge, "WithdrawalInitiated")
          .withArgs(L1_TOKEN, address, user.address, to.address, 30n, "0x77");
        await expect(withdrawn)
          .to.emit(bridge, "ERC20BridgeInitiated")
          .withArgs(address, L1_TOKEN, user.address, to.address, 30n, "0x77");
        expect(await token.balanceOf(user)).to.equal(40n);
        expect(await token.totalSupply()).to.equal(40n);
      });
    }

    it("of a contract needs a recipient: its address on L1 belongs to somebody else", async () => {
      const { ethers, bridge, address } = await withToken();
      const contract = await ethers.deployContract("PlainCaller");
      for (const data of [
        bridge.interface.encodeFunctionData("withdraw", [address, 0, 0, "0x"]),
        bridge.interface.encodeFunctionData("bridgeERC20", [address, L1_TOKEN, 0, 0, "0x"]),
      ]) {
        await expect(contract.getFunction("call")(bridge, data))
          .to.be.revertedWithCustomError(bridge, "CallerIsContract")
          .withArgs(await contract.getAddress());
      }
    });

    it("reverts for more than the caller has, and for another pair of tokens", async () => {
      const { bridge, token, address, deposit, user } = await withToken();
      await deposit(user.address, 70n);
      await expect(bridge.connect(user).withdraw(address, 71n, 0, "0x"))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
        .withArgs(user.address, 70n, 71n);
      await expect(bridge.connect(user).bridgeERC20(address, ZeroAddress, 1n, 0, "0x"))
        .to.be.revertedWithCustomError(bridge, "WrongRemoteToken")
        .withArgs(L1_TOKEN, ZeroAddress);
    });
  });
});
