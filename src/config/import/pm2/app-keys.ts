const ALIASES: Readonly<Record<string, string>> = {
  cmd: 'script',
  command: 'script',
  exec: 'script',
  interpreter: 'exec_interpreter',
  interpreterArgs: 'node_args',
  interpreter_args: 'node_args',
  out: 'out_file',
  output: 'out_file',
  out_log: 'out_file',
  error: 'error_file',
  err: 'error_file',
  err_file: 'error_file',
  err_log: 'error_file',
  log: 'log_file',
  cron: 'cron_restart',
  combine_logs: 'merge_logs',
  pid: 'pid_file',
  user: 'uid',
};

const CAMEL_CASE = /^[a-z]+(?:[A-Z][a-z]*)+$/;
/** Canonical names that are in camel case. */
const KEPT = new Set(['windowsHide']);

/** Returns the canonical name of a key: PM2 accepts several names for a field, and camel case for each. */
export function canonicalKey(key: string): string {
  const alias = Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined;
  if (alias !== undefined || KEPT.has(key) || !CAMEL_CASE.test(key)) return alias ?? key;
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.hasOwn(ALIASES, snake) ? (ALIASES[snake] ?? snake) : snake;
}
