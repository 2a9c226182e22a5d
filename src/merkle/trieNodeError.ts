// What makes an encoding no node of a trie of 32-byte keys; each has its twin in contracts/merkle/TrieNode.sol.

export class NodeNotAListError extends Error {
  override readonly name = "TrieNode.NodeNotAListError";
  constructor() {
    super("expected a node to be a list, got a byte string");
  }
}

export class NodeTrailingBytesError extends Error {
  override readonly name = "TrieNode.NodeTrailingBytesError";
  readonly end: number;
  readonly length: number;
  constructor(end: number, length: number) {
    super(`expected the node to end at ${length}, it ends at ${end}`);
    this.end = end;
    this.length = length;
  }
}

export class NotALinkError extends Error {
  override readonly name = "TrieNode.NotALinkError";
  readonly position: number;
  readonly prefix: number;
  constructor(position: number, prefix: number) {
    super(`expected nothing, a hash or a short list at ${position}, got prefix ${prefix}`);
    this.position = position;
    this.prefix = prefix;
  }
}

export class WrongItemCountError extends Error {
  override readonly name = "TrieNode.WrongItemCountError";
  readonly length: number;
  constructor(length: number) {
    super(`expected 2 or 17 items in the node of ${length} bytes`);
    this.length = length;
  }
}

export class BranchValueNotEmptyError extends Error {
  override readonly name = "TrieNode.BranchValueNotEmptyError";
  readonly prefix: number;
  constructor(prefix: number) {
    super(`expected a branch without value, got one with prefix ${prefix}`);
    this.prefix = prefix;
  }
}

export class BranchTooSmallError extends Error {
  override readonly name = "TrieNode.BranchTooSmallError";
  readonly children: number;
  constructor(children: number) {
    super(`expected a branch to have two children or more, got ${children}`);
    this.children = children;
  }
}

export class BranchTooDeepError extends Error {
  override readonly name = "TrieNode.BranchTooDeepError";
  readonly depth: number;
  constructor(depth: number) {
    super(`expected a branch above the end of the key, got one at depth ${depth}`);
    this.depth = depth;
  }
}

export class PathNotAStringError extends Error {
  override readonly name = "TrieNode.PathNotAStringError";
  constructor() {
    super("expected a path to be a byte string, got a list");
  }
}

export class LeafPathLengthError extends Error {
  override readonly name = "TrieNode.LeafPathLengthError";
  readonly depth: number;
  readonly length: number;
  constructor(depth: number, length: number) {
    super(`expected a leaf at depth ${depth} to reach the end of the key, got ${length} nibbles`);
    this.depth = depth;
    this.length = length;
  }
}

export class LeafValueNotAStringError extends Error {
  override readonly name = "TrieNode.LeafValueNotAStringError";
  constructor() {
    super("expected the value of a leaf to be a byte string, got a list");
  }
}

export class LeafValueEmptyError extends Error {
  override readonly name = "TrieNode.LeafValueEmptyError";
  constructor() {
    super("expected a leaf to have a value");
  }
}

export class ExtensionPathLengthError extends Error {
  override readonly name = "TrieNode.ExtensionPathLengthError";
  readonly depth: number;
  readonly length: number;
  constructor(depth: number, length: number) {
    super(`expected an extension at depth ${depth} to end within the key, got ${length} nibbles`);
    this.depth = depth;
    this.length = length;
  }
}

export class ExtensionWithoutChildError extends Error {
  override readonly name = "TrieNode.ExtensionWithoutChildError";
  constructor() {
    super("expected an extension to have a child");
  }
}
