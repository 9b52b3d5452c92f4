import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCycles, findPath, topologicalOrder } from '../../src/base/graph.ts';

type Graph = Readonly<Record<string, readonly string[]>>;

function edgesOf(graph: Graph): (node: string) => readonly string[] {
  return (node) => graph[node] ?? [];
}

/** Edges lead to earlier nodes only, so there is no cycle. */
const acyclic = fc
  .array(fc.array(fc.nat(1000), { maxLength: 4 }), { maxLength: 30 })
  .map((lists) =>
    Object.fromEntries(
      lists.map((list, node) => [`n${node}`, node === 0 ? [] : list.map((other) => `n${other % node}`)]),
    ),
  );

describe('the order of a graph', () => {
  test('puts each node after all nodes that it points to', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        const nodes = Object.keys(graph).toReversed();
        const order = topologicalOrder(nodes, edgesOf(graph));
        expect(order.toSorted()).toEqual(nodes.toSorted());
        for (const [node, others] of Object.entries(graph)) {
          for (const other of others) expect(order.indexOf(other)).toBeLessThan(order.indexOf(node));
        }
      }),
    );
  });

  test('keeps nodes without edges in the given order', () => {
    expect(topologicalOrder(['b', 'a', 'c'], () => [])).toEqual(['b', 'a', 'c']);
  });

  test('includes all nodes of a cycle, and ignores edges to missing nodes', () => {
    const graph = { a: ['b'], b: ['c', 'gone'], c: ['a'], d: ['a'] };
    expect(topologicalOrder(Object.keys(graph), edgesOf(graph))).toEqual(['c', 'b', 'a', 'd']);
  });

  test('is found for a chain of ten thousand nodes without overflowing the stack', () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) => String(index));
    const order = topologicalOrder(nodes, (node) => (node === '9999' ? [] : [String(Number(node) + 1)]));
    expect(order[0]).toBe('9999');
    expect(order).toHaveLength(10_000);
  });
});

describe('paths and cycles', () => {
  test('a path is a shortest one, including both ends', () => {
    const graph = { a: ['b', 'c'], b: ['d'], c: ['d'], d: ['e'] };
    expect(findPath('a', 'e', edgesOf(graph))).toEqual(['a', 'b', 'd', 'e']);
    expect(findPath('e', 'a', edgesOf(graph))).toBeNull();
  });

  test('a cycle is listed in full and once', () => {
    const graph = { web: ['api'], api: ['db'], db: ['api'], self: ['self'] };
    expect(findCycles(Object.keys(graph), edgesOf(graph))).toEqual([
      ['api', 'db', 'api'],
      ['self', 'self'],
    ]);
  });

  test('an acyclic graph has no cycles', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        expect(findCycles(Object.keys(graph), edgesOf(graph))).toEqual([]);
      }),
    );
  });
});
