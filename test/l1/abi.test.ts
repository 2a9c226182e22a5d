import { expect } from "chai";
import { Interface, type InterfaceAbi } from "ethers";
import { artifacts } from "hardhat";
import type { Abi as ViemAbi } from "viem";
import * as Abi from "../../src/l1/abi.ts";

const PAGES: readonly { name: string; abi: ViemAbi; hasAllEvents: boolean }[] = [
  { name: "Inbox", abi: Abi.INBOX, hasAllEvents: true },
  { name: "Portal", abi: Abi.PORTAL, hasAllEvents: false },
  { name: "IStandardBridge", abi: Abi.STANDARD_BRIDGE, hasAllEvents: true },
  { name: "DisputeGame", abi: Abi.DISPUTE_GAME, hasAllEvents: true },
  { name: "GameRegistry", abi: Abi.GAME_REGISTRY, hasAllEvents: false },
  { name: "Adjudicator", abi: Abi.ADJUDICATOR, hasAllEvents: false },
];

const formatted = (abi: InterfaceAbi, type?: string): string[] =>
  new Interface(abi).fragments
    .filter((fragment) => type === undefined || fragment.type === type)
    .map((fragment) => fragment.format("full"));

describe("l1/abi", () => {
  for (const { name, abi, hasAllEvents } of PAGES) {
    it(`is what ${name} compiles to`, async () => {
      const artifact = await artifacts.readArtifact(name);
      const page = abi as InterfaceAbi;
      const compiled = new Set(formatted(artifact.abi));
      expect(formatted(page).filter((fragment) => !compiled.has(fragment))).to.deep.equal([]);
      if (hasAllEvents) {
        expect(formatted(page, "event")).to.have.members(formatted(artifact.abi, "event"));
      }
    });
  }
});
