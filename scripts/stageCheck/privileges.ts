// Who may do what others may not, over every contract of the rollup on both layers: what the syntax trees and the code
// show, held against the written reasons of allowList.ts.
import { keccak256, type Hex } from "viem";
import * as AllowList from "./allowList.ts";
import * as CallerReads from "./callerReads.ts";
import * as Opcodes from "./opcodes.ts";
import type { Compiled } from "./syntax.ts";

/** An external function that tells callers apart, and what each place that it reaches is for. */
export type Privilege = {
  readonly contract: string;
  readonly signature: string;
  readonly reasons: readonly AllowList.Reason[];
};

export type Findings = {
  readonly privileges: readonly Privilege[];
  /** How many external functions there are. */
  readonly functions: number;
  /** What is not so, one line for each. */
  readonly faults: readonly string[];
};

export type Foreign = { readonly name: string; readonly code: Hex };

// What administrators call their functions. The contracts of this rollup have none of them.
const ADMINISTRATION =
  /^((owner|admin|guardian|governor|proxyAdmin)|(transferOwnership|renounceOwnership|grantRole|revokeRole|acceptAdmin)|(set|change|update)([A-Z].*)?|_?(un)?pause.*|(upgrade|initialize|blacklist|whitelist|rescue|sweep|migrate|retire).*)$/;
const NOT_ADMINISTRATION: Readonly<Record<string, string>> = {
  "L1Attributes.setL1BlockValues": "the system call of each block",
  "DisputeGame.update": "carries timers up the tree; anybody may",
};
const EVIL: readonly CallerReads.Power[] = ["selfdestruct", "callcode"];

/** Looks through the contracts of the rollup, and the foreign code in the L2's genesis. */
export function enumerate(contracts: readonly Compiled[], foreign: readonly Foreign[]): Findings {
  const faults: string[] = [];
  const seen = new Set<string>();
  const privileges = contracts.flatMap((compiled) => {
    faults.push(...faultsOf(compiled));
    const entries = CallerReads.entriesOf(compiled).filter(({ reads }) => reads.length > 0);
    return entries.map(({ signature, reads }) => {
      const contract = compiled.contractName;
      const reasons = reads.flatMap((read) => {
        seen.add(read.place);
        const reason = AllowList.PLACES[read.place];
        if (reason !== undefined) return [reason];
        faults.push(`${contract}.${signature} reaches a place without a reason: ${read.place}`);
        return [];
      });
      return { contract, signature, reasons };
    });
  });
  for (const place of Object.keys(AllowList.PLACES)) {
    if (!seen.has(place)) faults.push(`a reason is written for a place that is gone: ${place}`);
  }
  for (const { name, code } of foreign) {
    if (AllowList.FOREIGN_CODE[name]?.codeHash !== keccak256(code))
      faults.push(`the code of ${name} in the L2's genesis is not the one that was read`);
  }
  const functions = contracts.reduce((sum, { abi }) => sum + namesOf(abi).length, 0);
  return { privileges, functions, faults };
}

/** The functions that somebody of this kind gains by. */
export function heldBy(findings: Findings, holder: AllowList.Holder): Privilege[] {
  return findings.privileges.filter(({ reasons }) =>
    reasons.some((reason) => reason.holder === holder),
  );
}

function faultsOf(compiled: Compiled): string[] {
  const { contractName: name, deployedBytecode: code, abi } = compiled;
  const faults: string[] = [];
  const inCode = Opcodes.powersIn(code);
  const entries = CallerReads.entriesOf(compiled);
  const inSource = CallerReads.POWERS.filter((power) =>
    entries.some(({ powers }) => powers.includes(power)),
  );
  if (inCode.join() !== inSource.join())
    faults.push(`${name}: the code can ${inCode.join()}, the source ${inSource.join()}`);
  for (const power of EVIL) if (inCode.includes(power)) faults.push(`${name} can ${power}`);
  if (Opcodes.namesProxySlot(code)) faults.push(`${name} names a slot of an upgradeable proxy`);
  for (const variable of CallerReads.mutableAddresses(compiled)) {
    if (AllowList.MUTABLE_ADDRESSES[variable] === undefined)
      faults.push(`${variable} is an address that can change`);
  }
  for (const one of namesOf(abi)) {
    if (ADMINISTRATION.test(one) && NOT_ADMINISTRATION[`${name}.${one}`] === undefined)
      faults.push(`${name}.${one} is named like an administrator's function`);
  }
  return faults;
}

function namesOf(abi: Compiled["abi"]): string[] {
  return abi.flatMap((item) => (item.type === "function" ? [item.name] : []));
}
