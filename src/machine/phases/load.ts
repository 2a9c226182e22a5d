// LOAD: the code that EXTCODECOPY reads, from its hash to its root. Twin: contracts/machine/phases/Load.sol.
import * as Code from "../code.ts";
import * as CopyOps from "../instructions/copyOps.ts";
import * as Machine from "../machine.ts";

/** Takes the code in whole and starts the copy. */
export function runLoad(machine: Machine.Machine): void {
  const { code, from, dest, size } = Machine.openCursor(machine, "load");

  Code.take(code, machine.witness);

  CopyOps.startCodeCopy(machine, code, from, dest, size);
}
