import { writeSync } from 'node:fs';
import { loadLibc } from '../../../base/libc.ts';
import { becomeCollector } from '../files/collector-lock.ts';
import { Collector } from './collector.ts';
import { type CollectorSettings, collectorPathsOf } from '../files/collector-paths.ts';
import { recoverJournal } from './recover-journal.ts';

/** The collector is synchronous, so what it prints has to be as well. */
const STDERR = 2;

/** A terminal that closes, a Ctrl-C meant for the engine, a session that ends: whose output it is ends by itself. */
const IGNORED_SIGNALS = ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGXFSZ'] as const;

function report(message: string): void {
  try {
    writeSync(STDERR, `${new Date().toISOString()} log collector: ${message}\n`);
  } catch {
    // There is nobody to tell.
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
  const lock = becomeCollector(paths.lock, libc);
  if (lock === null) return 0;
  const problemOfRecovery = recoverJournal(paths.journal, settings.engine, libc);
  if (problemOfRecovery !== null) report(problemOfRecovery);
  new Collector(settings, lock, libc, report).run();
  lock.unlink();
  return 0;
}

process.title = 'healer-keeper';
for (const signal of IGNORED_SIGNALS) process.on(signal, () => undefined);
process.exit(main(process.argv[2]));
