// The twins: every rule stands in both languages, in files and under function names that match.
import { existsSync } from "node:fs";
import { expect } from "chai";
import { MACHINE_ONE_SIDED } from "./machineOneSided.ts";
import { expectOnlyPending } from "./pending.ts";
import { projectFiles, textOf } from "./sourceTree.ts";
import {
  pairs,
  solidityFunctions,
  solidityRules,
  typescriptFunctions,
  typescriptRules,
} from "./twins.ts";

/** Finding prefix, and why it needs no twin. */
const ONE_SIDED: Readonly<Record<string, string>> = {
  ...MACHINE_ONE_SIDED,
  "src/merkle/witness.ts: create": "a witness is written in TypeScript and read in both",
  "src/merkle/witness.ts: toBytes": "a witness is written in TypeScript and read in both",
  "src/merkle/witness.ts: write": "a witness is written in TypeScript and read in both",
  "src/merkle/mutableTree.ts": "keeps a whole tree; a contract sees one path of it",
  "src/merkle/persistentTree.ts": "keeps a whole tree; a contract sees one path of it",
  "src/merkle/patricia": "keeps a whole trie; a contract sees one path of it",
  "src/merkle/trieOpening.ts: record": "a witness is written in TypeScript and read in both",
  "src/merkle/trieNodeError.ts": "errors stand in files of their own in TypeScript",
  "contracts/merkle/Rlp.sol: no twin": "its twin is in primitives, where everything may import it",
  "contracts/protocol/RlpCursor.sol: no twin": "a step must not revert; TypeScript's reader throws",
  "contracts/protocol/RlpItem.sol: no twin": "a step must not revert; TypeScript's reader throws",
  "src/protocol/transaction.ts: no twin": "decoding is a step: contracts/machine/EntryTransaction",
  "src/protocol/body.ts: no twin": "writes a body; Solidity's half of it is a step of the machine",
  "src/machine/precompiles/": "L1's own precompiles are the twin",
  "src/protocol/deposit.ts: encodeTransaction": "the RPC shows a deposit as a transaction",
  "src/protocol/deposit.ts: parseOpaqueData": "a contract has the fields that the event packs",
  "contracts/dispute/Claim.sol: no twin": "the model keeps claims as data, the contract as code",
  "src/dispute/disputeGame.ts: no twin": "its twin is the shell",
  "src/dispute/move.ts: no twin": "its twin is the shell",
  "src/dispute/gameEvent.ts: no twin": "its twins are the events",
  "src/dispute/moveRejected.ts: no twin": "its twins are the custom errors",
  "src/dispute/game.ts: no twin": "what the log tells, for whoever follows it",
  "src/dispute/nextMoves.ts: no twin": "a party's strategy is its own",
  "src/dispute/raise.ts: no twin": "a party's strategy is its own",
  "src/dispute/settlements.ts: no twin": "a party's strategy is its own",
  "src/dispute/spoils.ts: no twin": "a party's strategy is its own",
  "src/dispute/urgency.ts: no twin": "a party's strategy is its own",
  "src/dispute/trace.ts: no twin": "a party knows a whole trace; a contract sees one path of it",
  "src/dispute/runTrace.ts: no twin": "a party knows a whole trace; a contract sees one path of it",
  "src/dispute/opening.ts: no twin": "a party knows a whole trace; a contract sees one path of it",
  "src/channels/client/": "what a party agrees to is its own; the contract judges what comes of it",
  "src/dispute/bisection.ts: isRight": "JavaScript's shifts end at 32 bits",
  "src/dispute/disputeTree.ts: check": "who follows the log writes what the contract has checked",
  "src/dispute/disputeTree.ts: cohortOf": "a mapping has a default",
  "contracts/channels/CappedCall.sol: no twin": "the model takes the answers of other contracts",
  "contracts/channels/Money.sol: no twin": "the model takes the answers of other contracts",
  "src/channels/adjudicator.ts: no twin": "its twin is the shell",
  "src/channels/adjudicatorCall.ts: no twin": "its twin is the shell's interface",
  "src/channels/adjudicatorEvent.ts: no twin": "its twin is the shell's interface",
  "src/channels/adjudicatorWork.ts: no twin": "its twin is the transaction",
  "src/channels/packedCall.ts: no twin": "a call is written in TypeScript and read in both",
  "src/channels/channelCodec.ts: pack": "a call is written in TypeScript and read in both",
  "contracts/channels/ChannelCodec.sol: tokenAt": "TypeScript has the tokens as a list",
  "contracts/channels/CalldataWord.sol: no twin": "what TypeScript does with a slice of bytes",
  "contracts/channels/WordHash.sol: no twin": "what TypeScript does with a hash of padded bytes",
  "contracts/channels/Packed": "TypeScript reads all fields at once; ChannelCodec's twin does",
  "src/channels/apps/nim.ts: encode": "Solidity decodes by itself",
  "src/channels/apps/nim.ts: decode": "Solidity decodes by itself",
  "src/channels/apps/nim.ts: validTransition": "its twin is the shell, NimApp.sol",
  "src/channels/vaults.ts: vaultOf": "a mapping has a default",
  "src/channels/ledger.ts: potOf": "a mapping has a default",
  "src/channels/ledger.ts: drawnOf": "a mapping has a default",
  "src/channels/ledger.ts: headOf": "a mapping has a default",
  "src/channels/ledger.ts: recordedHash": "a mapping has a default",
  "src/channels/ledger.ts: outcomeOf": "a mapping has a default",
  "src/channels/ledger.ts: revealedAt": "a mapping has a default",
  "src/channels/callRejected.ts: no twin": "its twins are the custom errors",
  "src/channels/compactSignature.ts: sign": "a contract signs nothing",
  "src/channels/locks.ts: pack": "a list is written in TypeScript and read in both",
  "src/channels/locks.ts: unpack": "a contract reads one lock at a time",
  "src/dispute/disputeTree.ts: isRivaled": "the contract has the cohort at hand",
  "src/dispute/reward.ts: walk": "Solidity builds the struct where it needs it",
};

/** What stands behind "Twin:", on its line or on the next. */
const TWIN = /\bTwin:\s+(?:\/{2,3}\s+)?((?:contracts|src)\/[\w/.]+\.(?:sol|ts))/g;

describe("mirror", () => {
  it("has a twin for every file and every exported function", () => {
    const findings = [...missingFiles(), ...missingFunctions()];
    const unused = Object.keys(ONE_SIDED).filter(
      (prefix) => !findings.some((finding) => finding.startsWith(prefix)),
    );
    expect(unused, "allowed but not found").to.deep.equal([]);
    expectOnlyPending(
      "mirror",
      findings.filter(
        (finding) => !Object.keys(ONE_SIDED).some((prefix) => finding.startsWith(prefix)),
      ),
    );
  });

  it("is where the comment at the head of a file says that it is", () => {
    const named = projectFiles()
      .filter((path) => /^(contracts|src)\//.test(path))
      .flatMap((path) => [...textOf(path).matchAll(TWIN)].map(([, twin = ""]) => ({ path, twin })));
    expect(named).to.have.length.above(100);
    expect(named.filter(({ twin }) => !existsSync(twin))).to.deep.equal([]);
  });
});

function missingFiles(): string[] {
  const solidity = solidityRules();
  const typescript = typescriptRules();
  return [
    ...[...solidity].filter(([name]) => !typescript.has(name)),
    ...[...typescript].filter(([name]) => !solidity.has(name)),
  ].map(([, path]) => `${path}: no twin`);
}

function missingFunctions(): string[] {
  return pairs().flatMap(({ solidity, typescript }) => {
    const left = solidityFunctions(solidity);
    const right = typescriptFunctions(typescript);
    return [
      ...[...left].filter((name) => !right.has(name)).map((name) => `${solidity}: ${name}`),
      ...[...right].filter((name) => !left.has(name)).map((name) => `${typescript}: ${name}`),
    ];
  });
}
