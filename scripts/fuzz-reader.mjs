import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

const FINDINGS = 'test/fuzz/findings';
/** Inputs between two looks at the coverage, which take longer than most inputs. */
const BATCH = 25;
/** No input may keep a reader busy for this long, in CPU time, since the machine may be busy itself. */
const SLOW_MS = 3_000;
const SHRINKING_TRIES = 400;

/**
 * Runs a reader on variations of its corpus. Inputs that reach code no earlier input reached join the corpus. An input that
 * breaks the reader is shortened and kept in `test/fuzz/findings`. Returns whether there was none.
 */
export async function fuzzReader(name, { TARGETS, corpusOf, Mutator, bundle, seed, durationMs }) {
  const target = TARGETS[name];
  const corpus = [...corpusOf(name)];
  const seeds = corpus.length;
  const coverage = new Coverage(bundle);
  const mutator = new Mutator(seed, corpus);
  const endsAt = performance.now() + durationMs;
  let runs = 0;
  for (const input of corpus) if (!(await survives(name, target, input))) return false;
  coverage.grow();
  while (performance.now() < endsAt) {
    const batch = Array.from({ length: BATCH }, () => mutator.next());
    for (const input of batch) if (!(await survives(name, target, input))) return false;
    runs += BATCH;
    if (!coverage.grow()) continue;
    // One of them reached something new. Together they are the basis of further inputs.
    corpus.push(...batch.filter((input) => input.length < 20_000).slice(-5));
  }
  coverage.close();
  console.log(
    `${name}: ${runs} inputs, ${corpus.length - seeds} kept for new coverage, ${coverage.size} blocks reached`,
  );
  return true;
}

async function survives(name, target, input) {
  const problem = await problemWith(target, input);
  if (problem === null) return true;
  const shortest = await shortened(target, input, problem);
  const folder = join(FINDINGS, name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, createHash('sha256').update(shortest).digest('hex').slice(0, 12));
  writeFileSync(file, shortest);
  console.error(`${name}: ${problem}\n  input: ${JSON.stringify(shortest.toString('latin1'))}\n  kept in ${file}`);
  return false;
}

async function problemWith(target, input) {
  const startedAt = process.cpuUsage();
  try {
    await target(Buffer.from(input));
  } catch (error) {
    return String(error?.stack ?? error)
      .split('\n')
      .slice(0, 4)
      .join('\n');
  }
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / 1_000 > SLOW_MS ? `took longer than ${SLOW_MS} ms` : null;
}

/** Removes parts as long as the same error remains. */
async function shortened(target, input, problem) {
  const first = problem.split('\n')[0];
  let shortest = input;
  for (
    let size = Math.ceil(input.length / 2), tries = 0;
    size >= 1 && tries < SHRINKING_TRIES;
    size = Math.floor(size / 2)
  ) {
    for (let at = 0; at < shortest.length && tries < SHRINKING_TRIES; tries++) {
      const candidate = Buffer.concat([shortest.subarray(0, at), shortest.subarray(at + size)]);
      const still = (await problemWith(target, candidate))?.split('\n')[0] === first;
      if (still) shortest = candidate;
      else at += size;
    }
  }
  return shortest;
}

/** The blocks of a file that were executed, as V8 counts them. */
class Coverage {
  #session = new Session();
  #bundle;
  #reached = new Set();

  constructor(bundle) {
    this.#bundle = bundle;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  }

  get size() {
    return this.#reached.size;
  }

  /** Returns whether a block was executed for the first time. */
  grow() {
    const before = this.#reached.size;
    this.#session.post('Profiler.takePreciseCoverage', (error, { result } = { result: [] }) => {
      if (error) throw new Error(error.message);
      for (const { url, functions } of result) {
        if (!url.endsWith(this.#bundle)) continue;
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges) {
            if (count > 0) this.#reached.add(`${startOffset}-${endOffset}`);
          }
        }
      }
    });
    return this.#reached.size > before;
  }

  close() {
    this.#session.disconnect();
  }
}
