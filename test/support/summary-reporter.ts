import type { Reporter, TestModule } from 'vitest/node';

/** Prints a last line with the counts, which tools can parse. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
    }
    // Vitest prints its own summary in the same turn, and this line must be the last.
    process.on('exit', () => {
      process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
    });
  }
}
