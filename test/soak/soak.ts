import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configureMail } from '../support/alert-home.ts';
import { HealerHome } from '../support/healer-home.ts';
import { startMailServer } from '../support/mail-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { Random } from '../faults/random.ts';
import { ADDED_PROGRAMS, Churn, churningPrograms } from './churn.ts';
import { Inspector } from './inspector.ts';
import { type Series, type Slope, slopeOf } from './slopes.ts';

const HOURS = Number(process.env['SOAK_HOURS'] ?? '1');
const SEED = Number(process.env['SOAK_SEED'] ?? '1');
const PROGRAMS = Number(process.env['SOAK_PROGRAMS'] ?? '200');
const DURATION_MS = HOURS * 3_600_000;
const SAMPLE_EVERY_MS = Math.max(2_000, DURATION_MS / 240);
const MIB = 2 ** 20;

/** What healer runs, as named in `ps`. */
const PARTS = { healer: 'engine', 'healer-keeper': 'log collector', 'healer-courier': 'delivery worker' } as const;

type About = Pick<Series, 'unit' | 'tolerance' | 'bound'> & { readonly kinds?: Readonly<Record<string, number>> };

class Recorder {
  readonly series = new Map<string, Series>();
  readonly #begunAt = performance.now();

  /** @param kinds what the value consists of, to be read in the file of the series */
  record(name: string, value: number, { kinds, ...about }: About): void {
    const known = this.series.get(name) ?? { name, ...about, samples: [] };
    this.series.set(name, known);
    const seconds = (performance.now() - this.#begunAt) / 1_000;
    known.samples.push({ seconds, value, ...(kinds === undefined ? {} : { kinds }) });
  }
}

test(`${String(PROGRAMS)} churning programs for ${String(HOURS)} hours leave every resource level`, async () => {
  await using mail = await startMailServer();
  await using home = new HealerHome();
  const web = createServer((_request, response) => response.end('fine'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const address = web.address();
  home.extraEnv = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  configureMail(home, mail.port);
  const yaml = churningPrograms(PROGRAMS, typeof address === 'object' ? (address?.port ?? 0) : 0);
  const file = home.write('healer.yaml', yaml, 0o644);
  // On a busy machine, an engine that starts 200 programs may answer the command too late.
  await home.run('up', '-f', file);
  const ids = await waitFor(async () => [...(await home.rows()).keys()], 'the engine to answer', 120_000);
  const parts = await waitFor(
    () => {
      const found = partsOf(home);
      return found.length === 3 && new Set(found.map(({ part }) => part)).size === 3 ? found : null;
    },
    'engine, log collector and delivery worker to run',
    60_000,
  );
  const inspectors = await inspectorsOf(home);
  const recorder = new Recorder();
  const churn = new Churn(home, new Random(SEED), ids);
  const endsAt = performance.now() + DURATION_MS;
  let nextSampleAt = performance.now();
  while (performance.now() < endsAt) {
    await churn.step();
    if (performance.now() < nextSampleAt) continue;
    nextSampleAt += SAMPLE_EVERY_MS;
    await sample(home, { inspectors, parts }, recorder);
  }
  for (const { inspector } of inspectors) inspector.close();
  const slopes = [...recorder.series.values()].map(slopeOf);
  const cache = join(process.cwd(), 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'soak.json'), JSON.stringify([...recorder.series.values()]));
  const lastSeq = await waitFor(async () => (await home.events()).at(-1)?.seq ?? 0, 'the engine to answer', 120_000);
  report(slopes, churn.steps, lastSeq);
  // On a busy machine, the engine may answer the command too late, and has stopped (3) when it is repeated.
  await waitFor(async () => [0, 3].includes((await home.run('down')).code ?? 1), 'the engine to stop', 300_000);
  await home.empty();
  web.close();
  expect(slopes.flatMap(({ name, problem }) => (problem === null ? [] : [`${name} ${problem}`]))).toEqual([]);
});

interface Attached {
  readonly part: string;
  readonly inspector: Inspector;
}

/** Connects to every process that printed the address of its inspector. */
async function inspectorsOf(home: HealerHome): Promise<readonly Attached[]> {
  const log = readFileSync(home.paths.engineLog, 'utf8');
  const attached: Attached[] = [];
  for (const [url] of log.matchAll(/ws:\/\/\S+/g)) {
    const inspector = await Inspector.connect(url);
    const title = String(await inspector.evaluate('process.title'));
    attached.push({ part: title === 'healer' ? 'engine' : title, inspector });
  }
  if (!attached.some(({ part }) => part === 'engine')) throw new Error('the engine has no inspector');
  return attached;
}

function partsOf(home: HealerHome): readonly { readonly pid: number; readonly part: string }[] {
  return home.survivors().flatMap(({ pid }) => {
    const name = commandOf(pid);
    return name in PARTS ? [{ pid, part: PARTS[name as keyof typeof PARTS] }] : [];
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

interface Observed {
  readonly inspectors: readonly Attached[];
  readonly parts: ReturnType<typeof partsOf>;
}

/** A part that has died fails here. */
async function sample(home: HealerHome, { inspectors, parts }: Observed, recorder: Recorder): Promise<void> {
  for (const { part, inspector } of inspectors) {
    await inspector.call('HeapProfiler.collectGarbage');
    const heap = Number(await inspector.evaluate('process.memoryUsage().heapUsed + process.memoryUsage().external'));
    recorder.record(`${part}: heap after garbage collection`, heap / MIB, { unit: 'MB', tolerance: 1.5 });
    const { timers, handles, kinds } = await inspector.activeResources();
    recorder.record(`${part}: timers`, timers, { unit: 'timers', tolerance: 5, kinds });
    recorder.record(`${part}: handles`, handles, { unit: 'handles', tolerance: 5 });
    const objects = await inspector.countInstances('Object.getPrototypeOf(setTimeout(() => {}, 0))');
    recorder.record(`${part}: timer objects`, objects, { unit: 'timers', tolerance: 5 });
  }
  for (const { pid, part } of parts) {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const anonymous = Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1]) / 1024;
    recorder.record(`${part}: anonymous memory`, anonymous, { unit: 'MB', tolerance: 4 });
    recorder.record(`${part}: open files`, readdirSync(`/proc/${String(pid)}/fd`).length, {
      unit: 'files',
      tolerance: 5,
    });
    const threads = Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]);
    recorder.record(`${part}: threads`, threads, { unit: 'threads', tolerance: 1 });
  }
  sampleFiles(home, recorder);
}

/** Files that are rotated or compacted may grow up to their bound; all others stay as they are. */
function sampleFiles(home: HealerHome, recorder: Recorder): void {
  const { stateDir, logsDir } = home.paths;
  const sizes = filesIn(stateDir).filter(({ path }) => !path.startsWith(logsDir));
  const sizeOf = (name: RegExp): number =>
    sizes.reduce((sum, { path, bytes }) => sum + (name.test(path) ? bytes : 0), 0);
  const bounded = /healing\.log|state\.ndjson|totals\.ndjson/;
  recorder.record('files: healing.log, all rotations', sizeOf(/healing\.log/) / MIB, {
    unit: 'MB',
    tolerance: 0,
    bound: 66,
  });
  recorder.record('files: state.ndjson', sizeOf(/state\.ndjson/) / MIB, { unit: 'MB', tolerance: 0, bound: 10 });
  recorder.record('files: totals.ndjson', sizeOf(/totals\.ndjson/) / MIB, { unit: 'MB', tolerance: 0, bound: 3 });
  for (const { path, bytes } of sizes) {
    const name = path.slice(stateDir.length + 1);
    if (!bounded.test(path) && !/\d/.test(name)) {
      recorder.record(`files: ${name}`, bytes / MIB, { unit: 'MB', tolerance: 0.1 });
    }
  }
  // One for each program that has run for a while, and a folder for each program that has printed something.
  const ofPrograms = { tolerance: 0, bound: PROGRAMS + ADDED_PROGRAMS };
  const learned = sizes.filter(({ path }) => path.includes('/learned/')).length;
  recorder.record('files: learned', learned, { unit: 'files', ...ofPrograms });
  recorder.record('files: others in the state folder', sizes.length - learned, { unit: 'files', tolerance: 10 });
  const logs = filesIn(logsDir);
  const largest = Math.max(0, ...logs.filter(({ path }) => path.includes('/logger-')).map(({ bytes }) => bytes));
  recorder.record('files: largest rotated log', largest / MIB, { unit: 'MB', tolerance: 0, bound: 0.2 });
  recorder.record('files: folders of logs', readdirSync(logsDir).length, { unit: 'folders', ...ofPrograms });
}

function filesIn(folder: string): readonly { readonly path: string; readonly bytes: number }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    try {
      const stat = statSync(join(folder, name));
      return stat.isFile() ? [{ path: join(folder, name), bytes: stat.size }] : [];
    } catch {
      return [];
    }
  });
}

function report(slopes: readonly Slope[], steps: number, events: number): void {
  const rows = slopes.map(
    ({ name, unit, first, last, highest, perHour, z, problem }) =>
      `| ${name} | ${first.toFixed(1)} | ${last.toFixed(1)} | ${highest.toFixed(1)} | ${perHour.toFixed(2)} | ${unit} | ${z.toFixed(1)} | ${problem ?? ''} |`,
  );
  const text = [
    `${String(PROGRAMS)} programs, ${String(HOURS)} h, seed ${String(SEED)}: ${String(steps)} operations, ${String(events)} events`,
    '',
    '| series | first | last | highest | per hour | unit | z | problem |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  console.log(text);
  const folder = join(process.cwd(), 'node_modules', '.cache');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'soak.md'), `${text}\n`);
}
