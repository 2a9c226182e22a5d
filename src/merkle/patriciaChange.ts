// Writes to a persistent Patricia trie: each gives the new node for the place of an old one and shares
// with it whatever is not on the way of the key. A write that changes nothing gives the old node.
import { assert } from "../primitives/assert.ts";
import * as Bytes from "../primitives/bytes.ts";
import * as Node from "./patriciaNode.ts";
import * as Store from "./patriciaStore.ts";

/** The node at `depth` after the key was given the value. */
export function insert<V>(
  source: Store.Source<V>,
  node: Node.Node<V> | undefined,
  key: Uint8Array,
  depth: number,
  value: V,
): Node.Node<V> {
  if (node === undefined) return Node.leaf(key, value);
  switch (node.kind) {
    case "stub": {
      const known = Store.load(source, node, key, depth);
      const next = insert(source, known, key, depth, value);
      return next === known ? node : next;
    }
    case "leaf": {
      if (!Bytes.equals(node.key, key))
        return fork(Node.leaf(node.key, node.value), key, depth, value);
      return source.codec.equals(node.value, value) ? node : Node.leaf(key, value);
    }
    case "extension": {
      if (!Node.goesThrough(node, key, depth)) return fork(node, key, depth, value);
      const child = insert(source, node.child, key, node.end, value);
      return child === node.child ? node : Node.extension(node.key, node.end, child);
    }
    case "branch": {
      if (depth === key.length * 2) {
        const isSame = node.value !== undefined && source.codec.equals(node.value, value);
        return isSame ? node : Node.branch(node.children, value);
      }
      const nibble = Node.nibbleAt(key, depth);
      const old = node.children[nibble];
      const child = insert(source, old, key, depth + 1, value);
      return child === old
        ? node
        : Node.branch(withChild(node.children, nibble, child), node.value);
    }
  }
}

/** The node at `depth` after the key was removed; nothing is left if it was the only one there. */
export function remove<V>(
  source: Store.Source<V>,
  node: Node.Node<V>,
  key: Uint8Array,
  depth: number,
): Node.Node<V> | undefined {
  switch (node.kind) {
    case "stub": {
      const known = Store.load(source, node, key, depth);
      const next = remove(source, known, key, depth);
      return next === known ? node : next;
    }
    case "leaf":
      return Bytes.equals(node.key, key) ? undefined : node;
    case "extension": {
      if (!Node.goesThrough(node, key, depth)) return node;
      const child = remove(source, node.child, key, node.end);
      if (child === node.child) return node;
      assert(
        child !== undefined && child.kind !== "stub",
        "a branch leaves a node when it loses a key",
      );
      return lift(child, node.key, node.end);
    }
    case "branch": {
      if (depth === key.length * 2) {
        if (node.value === undefined) return node;
        return collapse(source, node.children, undefined, key, depth);
      }
      const nibble = Node.nibbleAt(key, depth);
      const old = node.children[nibble];
      if (old === undefined) return node;
      const child = remove(source, old, key, depth + 1);
      if (child === old) return node;
      const children = withChild(node.children, nibble, child);
      if (child !== undefined) return Node.branch(children, node.value);
      return collapse(source, children, node.value, key, depth);
    }
  }
}

// A branch where the key leaves the path of a leaf or extension, below an extension if they share some.
function fork<V>(
  old: Node.Leaf<V> | Node.Extension<V>,
  key: Uint8Array,
  depth: number,
  value: V,
): Node.Node<V> {
  const oldEnd = old.kind === "leaf" ? old.key.length * 2 : old.end;
  const at = Node.firstDifference(old.key, key, depth, Math.min(oldEnd, key.length * 2));
  const children = new Array<Node.Node<V> | undefined>(16).fill(undefined);
  let branchValue: V | undefined;

  if (old.kind === "extension") children[Node.nibbleAt(old.key, at)] = shortened(old, at + 1);
  else if (at < oldEnd) children[Node.nibbleAt(old.key, at)] = old;
  else branchValue = old.value;

  if (at < key.length * 2) children[Node.nibbleAt(key, at)] = Node.leaf(key, value);
  else branchValue = value;

  const branch = Node.branch(children, branchValue);
  return at === depth ? branch : Node.extension(key, at, branch);
}

// What an extension is from `depth` on.
function shortened<V>(node: Node.Extension<V>, depth: number): Node.Node<V> {
  return depth === node.end ? node.child : Node.extension(node.key, node.end, node.child);
}

// A branch that lost a child or its value, or what takes its place if only one of them is left.
function collapse<V>(
  source: Store.Source<V>,
  children: readonly (Node.Node<V> | undefined)[],
  value: V | undefined,
  key: Uint8Array,
  depth: number,
): Node.Node<V> {
  const nibble = children.findIndex((child) => child !== undefined);
  const only = children[nibble];
  if (only === undefined) {
    assert(value !== undefined, "a branch keeps something when it loses one of two");
    return Node.leaf(key.slice(0, depth / 2), value);
  }
  if (value !== undefined || children.findLastIndex((child) => child !== undefined) !== nibble)
    return Node.branch(children, value);

  const through = Node.keyThrough(key, depth, nibble);
  return lift(Store.loaded(source, only, through, depth + 1), through, depth + 1);
}

// A node that hung at `end` on the way of `key`, moved up to where only it is left.
function lift<V>(node: Node.LoadedNode<V>, key: Uint8Array, end: number): Node.Node<V> {
  switch (node.kind) {
    case "leaf":
      return Node.leaf(node.key, node.value);
    case "extension":
      return Node.extension(node.key, node.end, node.child);
    case "branch":
      return Node.extension(key, end, node);
  }
}

function withChild<V>(
  children: readonly (Node.Node<V> | undefined)[],
  nibble: number,
  child: Node.Node<V> | undefined,
): readonly (Node.Node<V> | undefined)[] {
  const copy = children.slice();
  copy[nibble] = child;
  return copy;
}
