import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLeakDetector } from '../../src/policy/anomaly/leak-detector.ts';
import { toStored } from '../../src/policy/anomaly/saved-numbers.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** Uses 150 MB, and leaks 6 MB/min. */
const LEAKER = `const held = [Buffer.alloc(150 * 2 ** 20, 1)];
setInterval(() => held.push(Buffer.alloc(25 * 1024, 1)), 250);`;
const MB_PER_S = 0.1;
const FLOOR_S = 30;
const KB_PER_MB = 1024;
const FOUND_MS = 400_000;

interface LearnedFile {
  atMs: number;
  endMs: number;
  readonly memory: { leakMbPerMinute: number };
  readonly detectors: Record<string, (number | null)[]>;
}

/** What the detector has learned of a program that grew until now for so many floors of 30 s. */
function learnedOver(floors: number, nowMb: number): (number | null)[] {
  const detector = createLeakDetector();
  const seconds = floors * FLOOR_S + 1;
  for (let t = 0; t <= seconds; t++) detector.push({ t, value: nowMb - MB_PER_S * (seconds - t) });
  return toStored(detector.save?.() ?? []);
}

function anonymousMb(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'latin1');
  return Number(/^RssAnon:\s*(\d+)/m.exec(status)?.[1] ?? NaN) / KB_PER_MB;
}

test('what was learned of a leak survives engines that are killed, and a known leak is found sooner', async () => {
  await using home = new HealerHome();
  const leaker = home.write('leaker.mjs', LEAKER);
  const ids = ['unknown', 'known', 'young'] as const;
  await home.up(...ids.map((id) => `${id} - - -- ${process.execPath} ${leaker}`));
  const pids = new Map<string, number>();
  for (const id of ids) pids.set(id, await home.pid(id));
  const pathOf = (id: string): string => join(home.paths.learnedFolder, `${id}.json`);
  const allocated = (): boolean => [...pids.values()].every((pid) => anonymousMb(pid) > 150);
  await waitFor(allocated, 'all programs to have their memory');
  const before = await home.enginePid();
  // An engine that is replaced saves what it learned; so the test does not wait for the next save.
  await home.ask((api) => api.restartMonitor({}));
  await waitFor(() => ids.every((id) => existsSync(pathOf(id))), 'what was learned to be saved');
  await waitFor(async () => (await home.enginePid()) !== before, 'the next engine');
  await home.killEngine();

  const pretend = (id: (typeof ids)[number], floors: number, leakMbPerMinute: number): void => {
    const learned = JSON.parse(readFileSync(pathOf(id), 'utf8')) as LearnedFile;
    const key = Object.keys(learned.detectors).find((each) => each.startsWith('leak')) ?? 'no leak detector';
    learned.detectors[key] = learnedOver(floors, anonymousMb(pids.get(id) ?? 0));
    learned.memory.leakMbPerMinute = leakMbPerMinute;
    learned.atMs = learned.endMs = Date.now();
    writeFileSync(pathOf(id), `${JSON.stringify(learned)}\n`);
  };
  pretend('unknown', 37, 0);
  pretend('known', 11, 60 * MB_PER_S);
  pretend('young', 11, 0);
  for (let kill = 0; kill < 2; kill++) {
    await home.up();
    for (const id of ids) expect(await home.pid(id)).toBe(pids.get(id));
    await home.killEngine();
  }
  await home.up();

  const found = await waitFor(
    async () => {
      const anomalies = await home.ask((api) => api.anomalies({}));
      return ['unknown', 'known'].every((id) => anomalies.some((each) => each.id === id)) && anomalies;
    },
    'both leaks to be found',
    FOUND_MS,
  );
  const evidenceOf = (id: string): string | undefined => found.find((each) => each.id === id)?.evidence;
  expect(evidenceOf('unknown')).toMatch(/^memory rose \d+\.\d MB\/min for \d\d min/);
  expect(evidenceOf('known')).toMatch(/^memory rose \d+\.\d MB\/min for \d+ min.* at the rate of an earlier leak/);
  expect(found.filter(({ id }) => id === 'young')).toEqual([]);
  await home.down();
}, 900_000);
