// Where steps are judged: all provers deployed once, and the router of each fork and chain that is asked for.
import { encodeFunctionData } from "viem";
import * as Fork from "../../src/machine/fork.ts";
import * as Hex from "../../src/primitives/hex.ts";
import * as L1Chain from "../../test/harness/l1Chain.ts";
import type * as L2Chain from "../../test/harness/l2Chain.ts";
import { CHAIN_ID } from "../../test/parity/stage.ts";
import * as Provers from "../conformance/provers.ts";
import * as StateTests from "../conformance/stateTests.ts";
import type { Court } from "./recording.ts";
import { NO_CHAIN, VECTOR_CHAIN } from "./trueSteps.ts";

type Chains = ReadonlyMap<string, L2Chain.L2Chain>;

/** The provers on one L1, by family, and the routers before them. */
export class Courts {
  readonly provers: readonly string[];
  readonly #connection: Provers.Connection;
  readonly #chains: Chains;
  readonly #routers = new Map<string, string>();

  private constructor(connection: Provers.Connection, chains: Chains, provers: readonly string[]) {
    this.#connection = connection;
    this.#chains = chains;
    this.provers = provers;
  }

  /** Deploys the provers; routers follow when one is asked for. */
  static async open(connection: Provers.Connection, chains: Chains): Promise<Courts> {
    return new Courts(connection, chains, await Provers.deployAll(connection));
  }

  /** The address of a court's router. */
  async routerOf({ fork, chain }: Court): Promise<string> {
    const key = `${fork} ${chain}`;
    const known = this.#routers.get(key);
    if (known !== undefined) return known;
    const isOfVectors = chain === VECTOR_CHAIN;
    const router = await Provers.deploy(this.#connection, "OneStepProver", [
      Fork.order(fork),
      isOfVectors ? StateTests.CHAIN_ID : CHAIN_ID,
      !isOfVectors,
      isOfVectors || chain === NO_CHAIN ? Provers.NO_INBOX : await this.#inboxOf(chain),
      this.provers,
    ]);
    this.#routers.set(key, router);
    return router;
  }

  /** Every router so far. */
  routers(): readonly string[] {
    return [...this.#routers.values()];
  }

  async #inboxOf(name: string): Promise<string> {
    const chain = this.#chains.get(name);
    if (chain === undefined) throw new UnknownChainError(name);
    const inbox = await Provers.deploy(this.#connection, "InboxStub", [
      Hex.fromBytes(L1Chain.PORTAL),
    ]);
    const { abi } = await Provers.compiled("InboxStub");
    for (const event of chain.l1.log) {
      if (event.type !== "batch") continue;
      const { index, accumulator, batch } = event;
      const args = [index, Hex.fromBytes(accumulator), batch.lastBlock];
      const data = encodeFunctionData({ abi, functionName: "setBatch", args });
      await Provers.send(this.#connection, { to: inbox, data });
    }
    return inbox;
  }
}

export class UnknownChainError extends Error {
  override readonly name = "Courts.UnknownChainError";
  constructor(chain: string) {
    super(`there is no chain "${chain}"`);
  }
}
