// The files of this project as the architecture tests see them: paths from the root, and text.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ignoredFolders = new Set([
  ".git",
  ...readFileSync(".gitignore", "utf8")
    .split("\n")
    .filter((line) => line.endsWith("/"))
    .map((line) => line.slice(0, -1)),
]);
const files = filesBelow(".");

/** Every file outside the folders that .gitignore names; git itself is not asked, for a copy without it must pass too. */
export function projectFiles(): readonly string[] {
  return files;
}

/** The source files of one language below a folder. */
export function sourceFiles(folder: string, extension: ".ts" | ".sol"): string[] {
  return files.filter((path) => path.startsWith(`${folder}/`) && path.endsWith(extension));
}

/** A file's text. */
export function textOf(path: string): string {
  return readFileSync(path, "utf8");
}

/** A Solidity or TypeScript file's text without comments; strings stay. */
export function codeOf(path: string): string {
  return textOf(path).replace(
    /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (match) => (match.startsWith("/") ? " " : match),
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() && entry.name !== ".git" && !entry.name.endsWith(".log") ? [path] : [];
  });
}
