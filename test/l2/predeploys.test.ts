import { expect } from "chai";
import { network } from "hardhat";
import { recoverTransactionAddress, getContractAddress } from "viem";
import { genesisAlloc, ImmutablesError } from "../../scripts/genesis/alloc.ts";
import { codeOf, NoCodeError, PREINSTALLS } from "../../scripts/genesis/preinstalls.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as Withdrawal from "../../src/protocol/withdrawal.ts";
import { deployL2, L1_BRIDGE, PREDEPLOYS, SYSTEM_ADDRESS } from "./predeployed.ts";

const NONCE_ZERO = 1n << 240n;

describe("L2 genesis", () => {
  it("has code at every address and storage only in the bridge", async () => {
    const accounts = await genesisAlloc(L1_BRIDGE);
    for (const { name, code, storage } of accounts) {
      expect(code.length, name).to.be.greaterThan(2);
      expect(Object.keys(storage).length, name).to.equal(name === "L2StandardBridge" ? 1 : 0);
    }
    expect(new Set(accounts.map(({ address }) => address)).size).to.equal(9);
    const { bridge } = await deployL2();
    expect((await bridge.otherBridge()).toLowerCase()).to.equal(L1_BRIDGE);
  });

  it("says which contract could not be put in place", () => {
    expect(new ImmutablesError("Portal")).to.include({ contract: "Portal" });
  });
});

describe("preinstalls", () => {
  for (const preinstall of PREINSTALLS) {
    it(`${preinstall.name} is at the address that its transaction's sender makes`, async () => {
      const { transaction, address } = preinstall;
      const from = await recoverTransactionAddress({
        // The type of a legacy transaction, which is what these are, has no prefix to tell it by.
        serializedTransaction: transaction as `0x${string}` & `0x02${string}`,
      });
      expect(getContractAddress({ from, nonce: 0n })).to.equal(address);
    });
  }

  for (const name of ["CREATE2 deployer", "Multicall3"]) {
    it(`${name} has the code that its transaction deploys`, async () => {
      const { ethers, provider } = await network.create("l1");
      const preinstall = PREINSTALLS.find((candidate) => candidate.name === name);
      if (preinstall === undefined) throw new RangeError(`no preinstall ${name}`);
      const { from, gasLimit, gasPrice } = ethers.Transaction.from(preinstall.transaction);
      if (from === null) throw new RangeError(`${name} has no sender`);
      const [funder] = await ethers.getSigners();
      await funder?.sendTransaction({ to: from, value: gasLimit * (gasPrice ?? 0n) });
      await provider.request({
        method: "eth_sendRawTransaction",
        params: [preinstall.transaction],
      });
      expect(await ethers.provider.getCode(preinstall.address)).to.equal(codeOf(preinstall));
    });
  }

  it("have no code without a creation", () => {
    const [first] = PREINSTALLS;
    if (first === undefined) throw new RangeError("no preinstalls");
    expect(() => codeOf({ ...first, creationBytes: 1_000 })).to.throw(NoCodeError);
  });
});

describe("MessagePasser", () => {
  it("keeps the hash of a message in slot 0 and says everything in its event", async () => {
    const { passer, user, stranger, request } = await deployL2();
    const data = "0x0102";
    const sent = passer.connect(user).initiateWithdrawal(stranger, 50_000, data, { value: 9n });
    const withdrawal = {
      nonce: NONCE_ZERO,
      sender: Hex.toBytes(user.address),
      target: Hex.toBytes(stranger.address),
      value: 9n,
      gasLimit: 50_000n,
      data: Hex.toBytes(data),
    };
    const hash = Withdrawal.hash(withdrawal);
    await expect(sent)
      .to.emit(passer, "MessagePassed")
      .withArgs(NONCE_ZERO, user.address, stranger.address, 9n, 50_000n, data, Hex.fromBytes(hash));
    expect(await passer.sentMessages(hash)).to.equal(true);
    const slot = Hex.fromBytes(Withdrawal.storageSlot(hash));
    const stored = await request("eth_getStorageAt", PREDEPLOYS.passer, slot, "latest");
    expect(BigInt(stored as string)).to.equal(1n);
    expect(await passer.messageNonce()).to.equal(NONCE_ZERO + 1n);
  });

  it("sends plain ether to the sender's own account", async () => {
    const { ethers, passer, user } = await deployL2();
    const sent = user.sendTransaction({ to: passer, value: 5n });
    await expect(sent)
      .to.emit(passer, "MessagePassed")
      .withArgs(NONCE_ZERO, user.address, user.address, 5n, 100_000n, "0x", (hash: string) =>
        ethers.isHexString(hash, 32),
      );
    await expect(sent).to.changeEtherBalances(ethers, [user, passer], [-5n, 5n]);
  });

  it("gives the same message another hash each time", async () => {
    const { passer, user } = await deployL2();
    const hashes = new Set<string>();
    for (let i = 0; i < 3; i++) {
      await passer.connect(user).initiateWithdrawal(user, 21_000, "0x");
    }
    for (const log of await passer.queryFilter("MessagePassed")) {
      if ("args" in log) hashes.add(log.args.withdrawalHash);
    }
    expect(hashes.size).to.equal(3);
  });

  it("sends nothing that one L1 transaction could not deliver", async () => {
    const { passer, user } = await deployL2();
    const send = passer.connect(user).initiateWithdrawal;
    await expect(send(user, 15_000_001, "0x"))
      .to.be.revertedWithCustomError(passer, "GasLimitTooHigh")
      .withArgs(15_000_000, 15_000_001);
    await expect(send(user, 21_000, `0x${"00".repeat(65_537)}`))
      .to.be.revertedWithCustomError(passer, "DataTooLong")
      .withArgs(65_536, 65_537);
    await send(user, 15_000_000, `0x${"00".repeat(65_536)}`);
  });
});

describe("L1Attributes", () => {
  it("takes the origin from the system alone", async () => {
    const { attributes, impersonate, user, oracle } = await deployL2();
    const hash = `0x${"0a".repeat(32)}`;
    await expect(attributes.connect(user).setL1BlockValues(1, 2, 3, hash))
      .to.be.revertedWithCustomError(attributes, "CallerNotSystem")
      .withArgs(user.address);
    const system = await impersonate(SYSTEM_ADDRESS);
    await attributes.connect(system).setL1BlockValues(11, 12, 13, hash);
    expect(await attributes.number()).to.equal(11n);
    expect(await attributes.timestamp()).to.equal(12n);
    expect(await attributes.basefee()).to.equal(13n);
    expect(await attributes.hash()).to.equal(hash);
    expect(await oracle.l1BaseFee()).to.equal(13n);
    expect(await attributes.operatorFeeScalar()).to.equal(0n);
    expect(await attributes.operatorFeeConstant()).to.equal(0n);
  });
});

describe("GasPriceOracle", () => {
  it("charges for gas and for nothing else", async () => {
    const { oracle, ethers } = await deployL2();
    expect(await oracle.getL1Fee("0x0102")).to.equal(0n);
    expect(await oracle.getL1GasUsed("0x0102")).to.equal(0n);
    expect(await oracle.getOperatorFee(100_000)).to.equal(0n);
    expect(await oracle.decimals()).to.equal(6n);
    const block = await ethers.provider.getBlock("latest");
    const at = { blockTag: block?.number };
    expect(await oracle.baseFee(at)).to.equal(await oracle.gasPrice(at));
  });
});
