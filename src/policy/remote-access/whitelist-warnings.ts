import { isInterpreter, isLauncher, isLoadingService } from './interpreters.ts';
import { isJudgedLauncher } from './launches.ts';

/** Returns a sentence for each program on the executable whitelist that can execute any other. See docs/security.md. */
export function unlimitedPrograms(patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const reason = pattern.includes('*') || isJudgedLauncher(pattern) ? null : reasonOf(pattern);
    if (reason === null) return [];
    return [`"${pattern}" on the executable whitelist ${reason}, so remote callers may execute any command through it`];
  });
}

function reasonOf(path: string): string | null {
  if (isLauncher(path)) return 'starts the program that its arguments name';
  if (isInterpreter(path)) return 'executes code from its arguments or from files, or can write any file';
  return isLoadingService(path) ? 'loads code that its arguments or its configuration name' : null;
}
