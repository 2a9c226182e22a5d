// Whether the code that stands on L1 and in the L2's genesis is what the sources in this tree compile to, bit by bit.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { size, type Hex } from "viem";
import * as Criteria from "./criteria.ts";
import type { Standing } from "./deployedCode.ts";
import * as Opcodes from "./opcodes.ts";
import * as Operators from "./operators.ts";
import type { Places } from "./syntax.ts";

export type Recompiled = {
  readonly name: string;
  readonly code: Hex;
  readonly immutableReferences: Places;
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FLAGS = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];

/** Starts the compiler on these contracts; it works beside everything else, and gives their code. */
export function start(names: readonly string[]): Promise<Recompiled[]> {
  const words = [...FLAGS, "scripts/stageCheck/recompile.ts", ...names];
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  Operators.endWithThis(child);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const compiled = new Promise<Recompiled[]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const output = Buffer.concat(chunks).toString();
      if (code === 0) resolve(JSON.parse(output) as Recompiled[]);
      else reject(new Operators.EndedError("the compiler", output));
    });
  });
  // Whoever waits for it sees the failure; until then nobody does.
  compiled.catch(() => undefined);
  return compiled;
}

/** Compares what stands on a chain with what was compiled. */
export function compare(
  standing: readonly Standing[],
  compiled: readonly Recompiled[],
): Criteria.Outcome {
  const different = standing.filter(({ code, compiled: { contractName } }) => {
    const fresh = compiled.find(({ name }) => name === contractName);
    return fresh === undefined || !Opcodes.isSameCode(code, fresh.code, fresh.immutableReferences);
  });
  const names = different.map(({ compiled: { contractName } }) => contractName);
  const bytes = standing.reduce((sum, { code }) => sum + size(code), 0);
  const fact =
    names.length === 0
      ? `${standing.length} contracts, ${bytes} bytes, equal in every bit but immutables; the only trusted set-up behind a proof is EIP-4844's, for precompile 0x0a`
      : `not the code of these sources: ${names.join(", ")}`;
  return Criteria.outcome(
    14,
    "compiled the sources in this tree with solc from npm and compared with the code on L1 and in the L2's genesis",
    fact,
    names.length === 0 && standing.length > 0,
  );
}
