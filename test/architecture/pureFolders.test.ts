// Everything below the actors is synchronous: no promise is made or awaited there.
import { expect } from "chai";
import { codeOf, sourceFiles } from "./sourceTree.ts";

const PURE = ["primitives", "merkle", "protocol", "machine", "derivation", "dispute", "channels"];

/** WebAssembly comes up once, while the module loads. */
const AWAIT_AT_LOAD = ["src/primitives/keccak.ts", "src/machine/precompiles/mcl.ts"];

describe("pure folders", () => {
  for (const folder of PURE) {
    it(`src/${folder} neither waits nor promises`, () => {
      const wrong = sourceFiles(`src/${folder}`, ".ts").filter((path) =>
        /\b(async|await|Promise|setTimeout|setInterval)\b/.test(withoutAwaitAtLoad(path)),
      );
      expect(wrong).to.deep.equal([]);
    });
  }
});

function withoutAwaitAtLoad(path: string): string {
  const code = codeOf(path).replace(/"[^"\n]*"|`[^`]*`/g, '""');
  return AWAIT_AT_LOAD.includes(path) ? code.replaceAll(/^const \w+ = await /gm, "") : code;
}
