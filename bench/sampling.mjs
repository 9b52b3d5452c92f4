// Measures one tick over N idle programs, in turns: the /proc sampler, the portable one, and a lower bound for
// both, which reads N stat files through open descriptors.
//
//   node bench/sampling.mjs [N=1000] [rounds=30]
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const programs = Number(process.argv[2] ?? 1000);
const rounds = Number(process.argv[3] ?? 30);
const MB = 2 ** 20;

const { createProcSampler, createPidusageSampler } = await loadSamplers();
const children = await startPrograms(programs);
const roots = children.map(({ pid }) => ({ id: String(pid), pid, startTicks: null }));
const now = () => performance.now();
const floor = createFloor(roots);
const proc = createProcSampler(now);
const portable = createPidusageSampler(now);

try {
  const contenders = {
    'floor (pread only)': () => floor.read(),
    '/proc sampler': () => proc.sample(roots),
    'pidusage sampler': () => portable.sample(roots),
  };
  const costs = await takeTurns(contenders);
  console.log(`a tick over ${programs} idle programs, ${rounds} rounds in turns, CPU of this process:`);
  for (const [name, cpuMs] of Object.entries(costs)) {
    const sorted = cpuMs.sort((a, b) => a - b);
    const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    console.log(`  ${name.padEnd(20)} median ${median.toFixed(1)} ms   worst ${worst.toFixed(1)} ms`);
  }
  console.log(`memory of this process at the end: ${(process.memoryUsage.rss() / MB).toFixed(0)} MB`);
} finally {
  for (const each of [proc, portable, floor]) each.close();
  for (const child of children) child.kill('SIGKILL');
}

async function loadSamplers() {
  // In the repository, so that the bundle finds its packages.
  const outfile = join(import.meta.dirname, `.sampling-${process.pid}.mjs`);
  try {
    await build({
      stdin: {
        contents: `export * from './proc-sampler.ts'; export * from './pidusage-sampler.ts';`,
        resolveDir: join(import.meta.dirname, '../src/engine/sampling'),
      },
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

async function startPrograms(count) {
  const started = Array.from({ length: count }, () => spawn('sleep', ['3600'], { detached: true, stdio: 'ignore' }));
  await Promise.all(started.map((child) => once(child, 'spawn')));
  return started;
}

function createFloor(all) {
  const buffer = Buffer.alloc(2048);
  const descriptors = all.map(({ pid }) => openSync(`/proc/${pid}/stat`, 'r'));
  return {
    read: () => {
      for (const descriptor of descriptors) readSync(descriptor, buffer, 0, buffer.length, 0);
    },
    close: () => descriptors.forEach((descriptor) => closeSync(descriptor)),
  };
}

async function takeTurns(contenders) {
  const costs = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      // The first rounds open files and warm up the JIT compiler.
      if (round >= 0) costs[name].push((user + system) / 1000);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return costs;
}
