// Why a frame ends without a result. The kind is not committed: all halts act alike.
// Twin: contracts/machine/Halt.sol.

export const Halt = {
  None: 0,
  OutOfGas: 1,
  StackUnderflow: 2,
  StackOverflow: 3,
  InvalidOpcode: 4,
  InvalidJump: 5,
  StaticViolation: 6,
  ReturnDataOutOfBounds: 7,
  InitCodeTooLarge: 8,
  Collision: 9,
  CodeTooLarge: 10,
  InvalidCodePrefix: 11,
  PrecompileFailure: 12,
} as const;

export type Halt = (typeof Halt)[keyof typeof Halt];
