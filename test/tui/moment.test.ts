import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineEvent, programRow } from '../support/program-row.ts';
import { Terminal } from '../support/terminal.ts';
import { bundleTui, type BundledTui } from '../support/bundled-tui.ts';
import { logLine, startFakeWorld } from './support/fake-world.ts';

let bundle: BundledTui;

beforeAll(async () => {
  bundle = await bundleTui();
});

afterAll(() => bundle[Symbol.asyncDispose]());

function at(second: number): string {
  return `2026-11-21T09:34:${String(second).padStart(2, '0')}.000Z`;
}

test('the healing log shows what a program printed before the selected event, also from further back', async () => {
  const pages = [
    [{ ...logLine('after the crash'), time: at(50), before: 'a:100:0' }],
    [
      { ...logLine('listening'), time: at(5), before: 'a:1:0' },
      { ...logLine('cannot allocate', 'stderr'), time: at(9) },
      { ...logLine('started again'), time: at(12) },
    ],
  ];
  await using world = await startFakeWorld({
    rows: [programRow({ id: 'web' })],
    handlers: {
      events: () => [engineEvent(3, { kind: 'crashed', process: 'web', time: at(10), reason: 'killed by SIGSEGV' })],
      logs: ({ before }) => pages[before === undefined ? 0 : 1] ?? [],
    },
  });
  await using terminal = new Terminal(bundle.command({ socketPath: world.engine.socketPath }));
  await terminal.waitFor('● running');
  terminal.key('5');
  const screen = await terminal.waitFor('E cannot allocate');
  expect(screen).toMatch(/│ \S+ {3}listening/);
  expect(screen).not.toContain('started again');
  expect(screen).not.toContain('after the crash');
});
