// What is installed in node_modules, and by which Node.
//
// npm under Node 20 leaves out Hardhat's native simulator without a word, and an interrupted install leaves a part. So an
// installation counts only once the simulator has been loaded, and a marker then records the lock file it belongs to.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./childProcess.mjs";

const oldestNode = [22, 13]; // hardhat's own minimum
const installGraceMilliseconds = 500; // npm would go on to its end
const suppliedNode = "node@24";

/** Tells whether node_modules holds exactly what the lock file names, complete. */
export function isInstalled(root) {
  const marker = markerFile(root);
  return (
    existsSync(marker) &&
    readFileSync(marker, "utf8") === fingerprint(root) &&
    existsSync(suitableNode(root))
  );
}

/** The Node that runs this project: the machine's where it is new enough, else the one npm has brought. */
export function suitableNode(root) {
  return isSuitable(process.versions.node)
    ? process.execPath
    : join(root, "node_modules/node/bin/node");
}

/** Installs the dependencies as the lock file says, and answers the exit code. */
export async function install(root) {
  const reason = existsSync(join(root, "node_modules"))
    ? "node_modules is incomplete, out of date or made by an older Node"
    : "node_modules is absent";
  console.log(`${reason}: installing the dependencies (about a minute)`);

  const [command, ...values] = isSuitable(process.versions.node)
    ? ["npm", "ci", "--no-audit", "--no-fund"]
    : ["npx", "-y", "-p", suppliedNode, "-c", "npm ci --no-audit --no-fund"];
  const status = await runChild(command, values, installGraceMilliseconds, {
    cwd: root,
    env: process.env,
  });
  if (status !== 0) {
    console.error(`the installation failed: "npm ci" ended with ${status}`);
    return status;
  }
  if (!recordInstallation(root)) {
    console.error("the installation is incomplete: Hardhat's simulator does not load");
    return 1;
  }
  return 0;
}

/** Writes the marker if the simulator loads; an install script of npm itself ends here too. */
export function recordInstallation(root) {
  const attempt = spawnSync(suitableNode(root), ["-e", 'require("@nomicfoundation/edr")'], {
    cwd: join(root, "node_modules/hardhat"),
    stdio: "ignore",
  });
  if (attempt.status !== 0) return false;
  writeFileSync(markerFile(root), fingerprint(root));
  return true;
}

function isSuitable(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

function fingerprint(root) {
  const lock = readFileSync(join(root, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform} ${process.arch}\n`;
}

function markerFile(root) {
  return join(root, "node_modules", ".tribunal-installed");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  recordInstallation(dirname(dirname(process.argv[1])));
}
