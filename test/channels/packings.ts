// Packed arguments by a second opinion: ethers.
import { concat, solidityPacked } from "ethers";
import type { CoSigned } from "../../src/channels/signing.ts";
import type { Params } from "../../src/channels/params.ts";
import type { State } from "../../src/channels/channelState.ts";
import type { Draw, TowerFee } from "../../src/channels/typedData.ts";

/** A value with its byte strings as hex and its integers as they may stand in JSON. */
export type Plain<Value> = Value extends Uint8Array
  ? string
  : Value extends bigint
    ? bigint | string
    : Value extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : Value extends object
        ? { readonly [Key in keyof Value]: Plain<Value[Key]> }
        : Value;

export function packedParams(params: Plain<Params>): string {
  const { a, b, keyA, keyB, token, period, bond, salt } = params;
  return concat([
    solidityPacked(new Array(5).fill("address"), [a, b, keyA, keyB, token]),
    solidityPacked(["uint32", "uint96", "uint64"], [period, bond, salt]),
  ]);
}

export function packedState({ version, isFinal, assets, locks, app }: Plain<State>): string {
  const types = ["uint64", "bool", "uint16", "bytes32", "bytes32"];
  return concat([
    solidityPacked(types, [version, isFinal, assets.length, locks, app]),
    ...assets.map(({ token, net, outA, outB }) =>
      solidityPacked(["address", "int128", "uint128", "uint128"], [token, net, outA, outB]),
    ),
  ]);
}

export function packedCoSigned({ state, signatureA, signatureB }: Plain<CoSigned>): string {
  const signatures = [signatureA, signatureB].map((signature) =>
    solidityPacked(["uint16", "bytes"], [signature.length / 2 - 1, signature]),
  );
  return concat([packedState(state), ...signatures]);
}

export function packedDraw({ token, total, against, deadline }: Plain<Draw>): string {
  const types = ["address", "uint112", "uint112", "uint40"];
  return solidityPacked(types, [token, total, against, deadline]);
}

export function packedTowerFee(fee: Plain<TowerFee>): string {
  const { tower, token, amount, minVersion, deadline } = fee;
  const types = ["address", "address", "uint112", "uint64", "uint40"];
  return solidityPacked(types, [tower, token, amount, minVersion, deadline]);
}
