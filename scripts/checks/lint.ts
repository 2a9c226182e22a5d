// npm run lint: every linter, after the build that the typed ones read.
import { buildFreeLinters, printVerdicts, runLinters, typedLinters } from "./linters.ts";

const verdicts = await runLinters([...buildFreeLinters, ...typedLinters]);
printVerdicts(verdicts);
process.exitCode = verdicts.every(({ passed }) => passed) ? 0 : 1;
