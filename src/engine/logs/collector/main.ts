import { writeSync } from 'node:fs';
import { descriptors } from '../../../base/descriptors.ts';
import { writeCompiled } from '../../../base/keep-compiled.ts';
import { loadLibc } from '../../../base/libc.ts';
import { ownStartCode } from '../../../base/start-code.ts';
import { becomeCollector } from '../files/collector-lock.ts';
import { Collector } from './collector.ts';
import { type CollectorSettings, collectorPathsOf } from '../files/collector-paths.ts';
import { LossFile } from './loss-file.ts';
import { recoverJournal } from './recover-journal.ts';

/** Written synchronously, like everything in the log collector. */
const STDERR = 2;

/** Sent when a terminal closes, Ctrl-C is pressed or a session ends; the log collector continues as long as programs run. */
const IGNORED_SIGNALS = ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGXFSZ'] as const;

function report(message: string): void {
  try {
    writeSync(STDERR, `${new Date().toISOString()} log collector: ${message}\n`);
  } catch {
    // There is nowhere to report it.
  }
}

function main(argument: string | undefined): number {
  const settings = JSON.parse(argument ?? '{}') as CollectorSettings;
  const paths = collectorPathsOf(settings);
  const loaded = loadLibc();
  if (loaded.libc === null) {
    report(`cannot run without system calls: ${loaded.problem}`);
    return 1;
  }
  const { libc } = loaded;
  const lock = becomeCollector(paths, libc);
  if (lock === null) return 0;
  const losses = new LossFile(paths.losses);
  const { problem, lost } = recoverJournal(paths.journal, {
    engine: settings.engine,
    libc,
    isCounted: (name) => losses.isCounted(name),
  });
  if (problem !== null) report(problem);
  if (lost !== null) losses.add(lost);
  descriptors.reserve();
  new Collector({ settings, lock, libc, losses, onProblem: report }).run();
  losses.close();
  lock.unlink();
  keepCompiled();
  return 0;
}

/** It works until it ends, so it keeps the compiled form of its code only then. */
function keepCompiled(): void {
  const code = ownStartCode();
  if (code?.isCompiled === false && code.ownFile !== null) writeCompiled(code, code.ownFile);
}

process.title = 'healer-keeper';
for (const signal of IGNORED_SIGNALS) process.on(signal, () => undefined);
process.exit(main(process.argv[2]));
