type Edges = (node: string) => readonly string[];

/**
 * Returns the nodes in topological order: each node follows all nodes that it has an edge to. In a cycle, the edge that
 * closes it is ignored.
 */
export function topologicalOrder(nodes: Iterable<string>, edgesOf: Edges): string[] {
  const order: string[] = [];
  const known = new Set(nodes);
  const seen = new Set<string>();
  // An explicit stack: recursion over a chain of thousands would overflow the call stack.
  const open: { readonly node: string; readonly left: string[] }[] = [];
  const enter = (node: string): void => {
    seen.add(node);
    open.push({ node, left: edgesOf(node).toReversed() });
  };
  for (const start of known) {
    if (!seen.has(start)) enter(start);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        order.push(top.node);
        open.pop();
      } else if (known.has(next) && !seen.has(next)) enter(next);
    }
  }
  return order;
}

/** Returns a shortest path along the edges, including both ends: `[from, …, to]`; null if there is none. */
export function findPath(from: string, to: string, edgesOf: Edges): string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  for (const node of cameFrom.keys()) {
    for (const next of edgesOf(node)) {
      if (next === to) return [...pathTo(node, cameFrom), to];
      if (!cameFrom.has(next)) cameFrom.set(next, node);
    }
  }
  return null;
}

/** Returns each cycle once, starting at its first given node: `[a, b, a]`. Cycles that share nodes may be merged. */
export function findCycles(nodes: Iterable<string>, edgesOf: Edges): string[][] {
  const cycles: string[][] = [];
  const reported = new Set<string>();
  for (const node of nodes) {
    if (reported.has(node)) continue;
    const cycle = findPath(node, node, edgesOf);
    if (cycle === null) continue;
    for (const member of cycle) reported.add(member);
    cycles.push(cycle);
  }
  return cycles;
}

function pathTo(node: string, cameFrom: ReadonlyMap<string, string | null>): string[] {
  const path: string[] = [];
  for (let at: string | null = node; at !== null; at = cameFrom.get(at) ?? null) path.unshift(at);
  return path;
}
