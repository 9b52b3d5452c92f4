import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { ApiRoom } from '../../../support/api-room.ts';

let room: ApiRoom;
let text: string;

beforeAll(async () => {
  room = await ApiRoom.open();
  room.fake.putRow('web', { state: 'running', memoryMb: 2, limits: { cpuPercent: 50, memoryMb: 100 } });
  room.fake.putRow('db"\\\n', { state: 'cooldown', pid: null, startedAt: null, memoryMb: null });
  text = (await room.call('/metrics')).text;
});

afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses the format of https://prometheus.io/docs/instrumenting/exposition_formats, and throws for invalid text. */
function parseExposition(exposition: string) {
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const samples: Sample[] = [];
  expect(exposition.endsWith('\n')).toBe(true);
  for (const line of exposition.split('\n').filter((each) => each !== '')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (comment?.[1] === 'HELP') helps.add(comment[2]!);
    else if (comment?.[1] === 'TYPE') types.set(comment[2]!, comment[3]!);
    else samples.push(parseSample(line));
  }
  return { types, helps, samples };
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?(?:\d[\d.e+-]*|Inf)|NaN)$/.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', labels = '', value = ''] = match;
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g)];
  expect(pairs.map(([whole]) => whole).join('')).toBe(labels);
  const unescape = (escaped: string): string =>
    escaped.replaceAll(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
  return {
    name,
    value: Number(value),
    labels: Object.fromEntries(pairs.map(([, key, escaped]) => [key, unescape(escaped!)])),
  };
}

describe('metrics for Prometheus', () => {
  test('are valid: each has a help text and a type, and no series appears twice', () => {
    const { types, helps, samples } = parseExposition(text);
    for (const { name } of samples) {
      expect(types.get(name), name).toMatch(/^(gauge|counter)$/);
      expect(helps.has(name), name).toBe(true);
      if (types.get(name) === 'counter') expect(name).toMatch(/_total$/);
    }
    const series = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(series).size).toBe(series.length);
  });

  test.each([
    ['healer_process_up', { process: 'web' }, 1],
    ['healer_process_up', { process: 'db"\\\n' }, 0],
    ['healer_process_cooldown_active', { process: 'db"\\\n' }, 1],
    ['healer_process_resident_memory_bytes', { process: 'web' }, 2 * 2 ** 20],
    ['healer_process_memory_limit_bytes', { process: 'web' }, 100 * 2 ** 20],
    ['healer_process_cpu_limit_ratio', { process: 'web' }, 0.5],
    ['healer_process_cpu_seconds_total', { process: 'web' }, 1.5],
    ['healer_process_restarts_total', { process: 'web', reason: 'crash' }, 2],
    ['healer_process_anomalies_total', { process: 'web', kind: 'memory-leak' }, 1],
    // Exported with 0 from the start, so that `increase()` sees the first one.
    ['healer_process_restarts_total', { process: 'web', reason: 'limit' }, 0],
    ['healer_process_anomalies_total', { process: 'web', kind: 'cpu-spike' }, 0],
    ['healer_process_cooldowns_total', { process: 'web' }, 1],
  ])('export %s %j as %d', (name, labels, value) => {
    const { samples } = parseExposition(text);
    expect(samples).toContainEqual({ name, labels, value });
  });

  test('are the same in the next scrape', async () => {
    const names = (exposition: string): string[] => parseExposition(exposition).samples.map(({ name }) => name);
    expect(names((await room.call('/metrics')).text)).toEqual(names(text));
  });

  test('include every metric that the dashboard shows', () => {
    const dashboard = readFileSync(new URL('../../../../docs/grafana-dashboard.json', import.meta.url), 'utf8');
    const parsed = JSON.parse(dashboard) as { panels: { targets?: { expr: string }[] }[] };
    const known = new Set(parseExposition(text).types.keys());
    const shown = parsed.panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => expr.match(/healer_\w+/g) ?? []),
    );
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((name) => !known.has(name))).toEqual([]);
  });
});
