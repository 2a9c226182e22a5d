// eth_call, eth_estimateGas, eth_simulateV1, eth_fillTransaction and eth_createAccessList.

import * as Gas from "../../../machine/gas.ts";
import * as Bytes from "../../../primitives/bytes.ts";
import * as Cursor from "../../../machine/cursor.ts";
import * as Hex from "../../../primitives/hex.ts";
import type { Backend } from "../../backend.ts";
import * as AccessList from "../accessList.ts";
import * as Budget from "../budget.ts";
import * as Call from "../call.ts";
import type { Methods } from "../dispatch.ts";
import * as Blocks from "../blocks.ts";
import * as FormatTransaction from "../formatTransaction.ts";
import * as Overrides from "../overrides.ts";
import * as Params from "../params.ts";
import { InvalidInputError, InvalidParamsError } from "../rpcError.ts";
import * as Simulation from "../simulation.ts";
import * as SimulationPlan from "../simulationPlan.ts";
import * as Unsigned from "../unsigned.ts";

/** Methods that run what nobody signed. */
export function create(backend: Backend): Methods {
  const placeOf = (block: unknown, overrides: unknown, blockOverrides: unknown) =>
    Call.placeAt(backend, Params.blockId(block, "block"), {
      accounts: Params.stateOverrides(overrides),
      block: Overrides.parseBlock(blockOverrides),
    });
  return {
    eth_call: ([transaction, block, overrides, blockOverrides]) => {
      const request = Params.callRequest(transaction);
      const place = placeOf(block, overrides, blockOverrides);
      const gas = Call.gasCap(request);
      const { output } = Overrides.run(() => Call.runToSuccess(place, request, gas));
      return Hex.fromBytes(output);
    },
    eth_estimateGas: ([transaction, block, overrides, blockOverrides]) => {
      const place = placeOf(block ?? "pending", overrides, blockOverrides);
      const request = Params.callRequest(transaction);
      return Hex.fromBigInt(Overrides.run(() => estimate(place, request)));
    },
    eth_simulateV1: ([plan, block]) =>
      Overrides.run(() =>
        Simulation.run(
          backend,
          Params.blockId(block, "block"),
          SimulationPlan.parse(plan),
          Budget.begin("this simulation"),
        ),
      ),
    eth_fillTransaction: ([transaction]) => fill(backend, transaction),
    eth_createAccessList: ([transaction, block, overrides]) => {
      const place = placeOf(block ?? "pending", overrides, undefined);
      const request = Params.callRequest(transaction);
      const { list, result } = Overrides.run(() => AccessList.create(place, request));
      const haltReason = () =>
        Call.haltReason(place, { ...request, accessList: list }, Call.gasCap(request));
      return {
        accessList: list.map(({ address, slots }) => ({
          address: Hex.fromBytes(address),
          storageKeys: slots.map(Hex.fromBytes),
        })),
        gasUsed: Hex.fromBigInt(result.gasUsed),
        ...(result.status === Cursor.STATUS_REVERT ? { error: "execution reverted" } : {}),
        ...(result.status === Cursor.STATUS_HALT ? { error: haltReason() } : {}),
      };
    },
  };
}

/** The transaction that a request becomes if it is sent now, with what it leaves open: nonce, fees, gas. */
function fill(backend: Backend, transaction: unknown) {
  const request = Params.callRequest(transaction);
  Call.requireChain(backend, request);
  const { chainId } = backend.chain.context;
  const place = Call.placeAt(backend, { tag: "pending" }, NOTHING_CHANGED);
  const { from = new Uint8Array(20), gasPrice } = request;
  const sender = Bytes.toBigInt(from);
  const account = Blocks.account(place.state, sender);
  const nonce = request.nonce ?? backend.pendingNonce(sender, account.nonce);
  const maxPriorityFeePerGas = request.maxPriorityFeePerGas ?? backend.suggestedTip();
  const maxFeePerGas = request.maxFeePerGas ?? 2n * place.block.baseFee + maxPriorityFeePerGas;
  const fees = gasPrice === undefined ? { maxPriorityFeePerGas, maxFeePerGas } : {};
  if (maxFeePerGas > MAX_UINT256 || (request.gas ?? 0n) > MAX_UINT64) {
    throw new InvalidParamsError("gas or its price is more than a transaction can hold");
  }
  const gas = request.gas ?? estimate(place, request);
  const encoded = Unsigned.encode({ ...request, ...fees }, { chainId, nonce, gas });
  return { raw: Hex.fromBytes(encoded), tx: FormatTransaction.waiting(encoded, from) };
}

const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_UINT256 = 2n ** 256n - 1n;
const NOTHING_CHANGED: Call.Changes = { accounts: new Map(), block: Overrides.parseBlock({}) };

/** The least gas with which the call succeeds, by bisection between what it used and what it may use. */
function estimate(place: Call.Place, request: Params.CallRequest): bigint {
  const succeeds = (gas: bigint) => Call.run(place, request, gas).status === Cursor.STATUS_SUCCESS;

  let enough = affordable(place, request);
  const least = Call.leastGas(place, request);
  if (enough < least) throw new InvalidInputError(`gas required exceeds allowance (${enough})`);
  const widest = Call.runToSuccess(place, request, enough);
  // Refunds may leave less used than there must be at the start.
  const used = widest.gasUsed > least ? widest.gasUsed : least;
  if (succeeds(used)) return used;
  let tooLittle = used;

  // Refunds and the 64th that a caller keeps need more at the start than is used in the end.
  const likely = ((used + BigInt(Gas.CALL_STIPEND)) * 64n) / 63n;
  if (likely < enough) {
    if (succeeds(likely)) enough = likely;
    else tooLittle = likely;
  }
  while (enough - tooLittle > 1n) {
    const middle = (enough + tooLittle) / 2n;
    if (succeeds(middle)) enough = middle;
    else tooLittle = middle;
  }
  return enough;
}

/** The gas cap, lowered to what the sender can pay for if a price is given. */
function affordable({ state }: Call.Place, request: Params.CallRequest): bigint {
  const cap = Call.gasCap(request);
  const price = request.gasPrice ?? request.maxFeePerGas ?? 0n;
  if (price === 0n || request.from === undefined) return cap;
  const { balance } = Blocks.account(state, Bytes.toBigInt(request.from));
  if (balance < request.value) throw new InvalidInputError("insufficient funds for transfer");
  const payable = (balance - request.value) / price;
  return payable < cap ? payable : cap;
}
