// Who holds what over the contracts of a rollup: criteria 10 to 13, 17 and 18, which ask for the same search.
import { getAddress, parseAbi, type Address } from "viem";
import { PREINSTALLS } from "../genesis/preinstalls.ts";
import type { Holder } from "./allowList.ts";
import * as Criteria from "./criteria.ts";
import * as DeployedCode from "./deployedCode.ts";
import * as Exit from "./exit.ts";
import * as Privileges from "./privileges.ts";
import * as Syntax from "./syntax.ts";
import type { World } from "./world.ts";

export type Searched = {
  readonly standing: readonly DeployedCode.Standing[];
  readonly findings: Privileges.Findings;
  readonly outcomes: readonly Criteria.Outcome[];
};

/**
 * Tokens are made by the factory when somebody asks for one, so none stands at genesis; the adjudicator of channels is deployed
 * by whoever wants to use it.
 */
const MADE_LATER = ["BridgedToken", "Adjudicator"];

const GETTERS = parseAbi([
  "function sequencer() view returns (address)",
  "function inbox() view returns (address)",
  "function portal() view returns (address)",
  "function PORTAL() view returns (address)",
]);

/** Finds every contract of the rollup, and everybody who may do in it what others may not. */
export async function search(world: World): Promise<Searched> {
  const { client, deployed } = world;
  const artifacts = Syntax.compiledContracts();
  const onL1 = await DeployedCode.onL1(client, deployed, artifacts);
  const standing = [...onL1.contracts, ...DeployedCode.inGenesis(deployed, artifacts)];
  const later = artifacts.filter(({ contractName }) => MADE_LATER.includes(contractName));
  const contracts = [...new Set([...standing.map(({ compiled }) => compiled), ...later])];
  const foreign = PREINSTALLS.map(({ name, address }) => ({
    name,
    code: DeployedCode.genesisCode(deployed, address) ?? "0x",
  }));
  const findings = Privileges.enumerate(contracts, foreign);
  const faults = [
    ...findings.faults,
    ...onL1.unknown.map((address) => `no source explains the code at ${address}`),
    ...(await wrongHolders(world)),
    ...unexplainedGenesis(world, standing),
  ];
  return { standing, findings, outcomes: outcomesOf(world, standing, findings, faults) };
}

/** The functions that are not everybody's, one line each. */
export function lines({ privileges }: Privileges.Findings): string[] {
  const kinds: readonly Holder[] = ["sequencer", "contract", "protocol"];
  return kinds.flatMap((holder) =>
    privileges.flatMap(({ contract, signature, reasons }) => {
      const reason = reasons.find((one) => one.holder === holder);
      if (reason === undefined) return [];
      return [`${holder.padEnd(9)}  ${contract}.${signature.replace(/\(.*/, "")}: ${reason.why}`];
    }),
  );
}

function outcomesOf(
  { deployed }: World,
  standing: readonly DeployedCode.Standing[],
  findings: Privileges.Findings,
  faults: readonly string[],
): Criteria.Outcome[] {
  const held = Privileges.heldBy(findings, "sequencer");
  const toContracts = Privileges.heldBy(findings, "contract").length;
  const toProtocol = Privileges.heldBy(findings, "protocol").length;
  const bound = Exit.days(deployed.parameters.inboxWindow);
  const done = `searched the syntax trees and the code of ${standing.length} contracts on both layers, ${findings.functions} functions`;
  const fact =
    faults.length === 0
      ? `one account may what others may not: the sequencer, in ${held.map(({ contract, signature }) => `${contract}.${signature.replace(/\(.*/, "")}`).join()}, to order and to delay by ${bound}; ${toContracts} functions answer another contract of the rollup alone, ${toProtocol} the L2's own rules`
      : faults.join("; ");
  const isSo = faults.length === 0 && held.length === 1;
  const absent = (number: number, what: string) =>
    isSo
      ? Criteria.notApplicable(number, done, what)
      : Criteria.outcome(number, done, faults.join("; "), false);
  return [
    Criteria.outcome(10, done, fact, isSo),
    absent(11, "nothing can be paused"),
    absent(12, "nothing can be upgraded: no proxy, no delegatecall to a changeable address"),
    absent(13, "there is no council, and nothing that one could do"),
    absent(17, "nothing can be upgraded"),
    absent(18, "there is no council; nobody can act on a bug, proven or not"),
  ];
}

// What one contract allows another alone is harmless only if that other is a contract of this rollup.
async function wrongHolders({ client, deployed }: World): Promise<string[]> {
  const { inbox, portal, l1StandardBridge, sequencer } = deployed;
  const read = (address: Address, functionName: "sequencer" | "inbox" | "portal" | "PORTAL") =>
    client.readContract({ address, abi: GETTERS, functionName });
  const expected: readonly (readonly [string, Address, Address])[] = [
    ["Inbox.sequencer", await read(inbox, "sequencer"), sequencer],
    ["Inbox.portal", await read(inbox, "portal"), portal],
    ["Portal.inbox", await read(portal, "inbox"), inbox],
    ["L1StandardBridge.PORTAL", await read(l1StandardBridge, "PORTAL"), portal],
  ];
  return expected
    .filter(([, actual, wanted]) => getAddress(actual) !== getAddress(wanted))
    .map(([name, actual]) => `${name} is ${actual}`);
}

function unexplainedGenesis(
  { deployed }: World,
  standing: readonly DeployedCode.Standing[],
): string[] {
  const known = new Set(
    [...standing, ...PREINSTALLS].map(({ address }) => BigInt(address).toString()),
  );
  return deployed.genesis.accounts
    .filter(({ address }) => !known.has(address.toString()))
    .map(({ address }) => `no source explains the genesis account 0x${address.toString(16)}`);
}
