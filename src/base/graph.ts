type Edges = (node: string) => readonly string[];

/**
 * The nodes in an order in which each comes after all it has an edge to. What lies on a cycle has no such order: there
 * the edge that closes the cycle is passed over, so that every node still has its place.
 */
export function topologicalOrder(nodes: Iterable<string>, edgesOf: Edges): string[] {
  const order: string[] = [];
  const known = new Set(nodes);
  const seen = new Set<string>();
  // A stack of our own: a chain of thousands must not exhaust the runtime's.
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

/** A shortest way along the edges, both ends included: `[from, …, to]`. Null when there is none. */
export function findPath(from: string, to: string, edgesOf: Edges): string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  for (const node of cameFrom.keys()) {
    for (const next of edgesOf(node)) {
      if (next === to) return [...wayTo(node, cameFrom), to];
      if (!cameFrom.has(next)) cameFrom.set(next, node);
    }
  }
  return null;
}

/** Each cycle once, named from the node that was given first: `[a, b, a]`. Cycles that share nodes may be told as one. */
export function findCycles(nodes: Iterable<string>, edgesOf: Edges): string[][] {
  const cycles: string[][] = [];
  const told = new Set<string>();
  for (const node of nodes) {
    if (told.has(node)) continue;
    const cycle = findPath(node, node, edgesOf);
    if (cycle === null) continue;
    for (const member of cycle) told.add(member);
    cycles.push(cycle);
  }
  return cycles;
}

function wayTo(node: string, cameFrom: ReadonlyMap<string, string | null>): string[] {
  const way: string[] = [];
  for (let at: string | null = node; at !== null; at = cameFrom.get(at) ?? null) way.unshift(at);
  return way;
}
