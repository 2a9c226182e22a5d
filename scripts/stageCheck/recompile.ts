// The compiler, in a process of its own: reads the names of artifacts' files from the command line, compiles their sources
// as they stand in this tree, and prints the code of each.
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Hex } from "viem";
import type { Recompiled } from "./reproduction.ts";
import * as Syntax from "./syntax.ts";

type Contract = {
  readonly evm: {
    readonly deployedBytecode: {
      readonly object: string;
      readonly immutableReferences: Syntax.Places;
    };
  };
};
type Output = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, Contract>>>>;
};
type Compiler = { readonly compile: (input: string) => string };

const ROOT = new URL("../../", import.meta.url);
const PROJECT = "project/";
const NPM = /^npm\/((?:@[^/]+\/)?[^@/]+)@[^/]+\/(.*)$/;

const names = process.argv.slice(2);
const wanted = Syntax.compiledContracts().filter(({ contractName }) =>
  names.includes(contractName),
);

function recompile(artifacts: readonly Syntax.Compiled[]): Recompiled[] {
  const compiler = createRequire(import.meta.url)("solc") as Compiler;
  const builds = new Set(artifacts.map(({ buildInfoId }) => buildInfoId));
  return [...builds].flatMap((build) =>
    compile(
      compiler,
      artifacts.filter(({ buildInfoId }) => buildInfoId === build),
    ),
  );
}

function compile(compiler: Compiler, artifacts: readonly Syntax.Compiled[]): Recompiled[] {
  const [first] = artifacts;
  if (first === undefined) return [];
  const { settings, sources } = Syntax.inputOf(first);
  // The settings are the build's, and so is what was compiled beside these contracts, since the code depends on it a little: the
  // compiler orders functions by numbers that it gives to all it reads. The contracts' own files are as they stand now.
  const own = Syntax.filesBehind(
    first.buildInfoId,
    artifacts.map(({ inputSourceName }) => inputSourceName),
  );
  const fresh = Object.fromEntries(
    Object.entries(sources).map(([path, { content }]) => [
      path,
      { content: own.has(path) ? readFileSync(fileOf(path), "utf8") : content },
    ]),
  );
  const outputs = ["evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"];
  const outputSelection: Record<string, Record<string, string[]>> = {};
  for (const { inputSourceName, contractName } of artifacts) {
    (outputSelection[inputSourceName] ??= {})[contractName] = outputs;
  }
  const input = {
    language: "Solidity",
    sources: fresh,
    settings: { ...settings, outputSelection },
  };
  const output = JSON.parse(compiler.compile(JSON.stringify(input))) as Output;
  const fault = output.errors?.find(({ severity }) => severity === "error");
  if (fault !== undefined) throw new CompilerError(fault.formattedMessage);
  return artifacts.map(({ inputSourceName, contractName: name }) => {
    const { evm } = output.contracts?.[inputSourceName]?.[name] ?? {};
    if (evm === undefined) throw new CompilerError(`${name} was not compiled`);
    const { object, immutableReferences } = evm.deployedBytecode;
    const code: Hex = `0x${object}`;
    return { name, code, immutableReferences };
  });
}

// Where the compiler's name of a source lies in this tree, or in what npm installed.
function fileOf(path: string): string {
  if (path.startsWith(PROJECT)) return fileURLToPath(new URL(path.slice(PROJECT.length), ROOT));
  const [, packageName = "", inside = ""] = NPM.exec(path) ?? [];
  const file = fileURLToPath(new URL(`node_modules/${packageName}/${inside}`, ROOT));
  if (!existsSync(file)) throw new CompilerError(`no source ${path}`);
  return file;
}

class CompilerError extends Error {
  override readonly name = "Recompile.CompilerError";
}

// Last: a class does not exist before the line that declares it.
process.stdout.write(JSON.stringify(recompile(wanted)));
