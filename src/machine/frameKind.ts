// How a frame or a message came about. Twin: contracts/machine/FrameKind.sol.

export const CALL = 0;
export const CALLCODE = 1;
export const DELEGATECALL = 2;
export const STATICCALL = 3;
export const CREATE = 4;
export const CREATE2 = 5;

/** Whether the kind makes a contract rather than calling one. */
export function isCreation(kind: number): boolean {
  return kind >= CREATE;
}
