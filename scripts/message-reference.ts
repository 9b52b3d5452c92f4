import { exitCodeOf } from '../src/cli/output/report-error.ts';
import { ERROR_CATALOG, type ErrorCode } from '../src/protocol/errors.ts';

/** What to do about an error, by its code. The message itself says more. */
const NEXT_STEPS: Readonly<Partial<Record<ErrorCode, string>>> = {
  PROCESS_NOT_FOUND: '`healer ls` lists all ids',
  ALREADY_RUNNING: 'nothing; use `healer restart ID` for a new run',
  ALREADY_EXISTS: 'choose another id, or change the existing one with `healer update ID`',
  INVALID_STATE: '`healer why ID` explains the state',
  PROCESS_DISABLED: '`healer enable ID` allows it to start',
  SPAWN_FAILED: 'check `command` and `cwd`; for the engine, read its log',
  TERMINATE_FAILED:
    '`healer describe ID` lists the remaining processes; they may wait for a device, or belong to another user',
  PLATFORM_NOT_SUPPORTED: '`healer doctor` lists what this machine lacks',
  TIMEOUT: 'wait longer with `--timeout`, or read `healer logs ID`',
  INVALID_CONFIG: 'correct what the message names; `healer config check` finds the rest',
  FORBIDDEN: 'use a token with more permissions, or ask the user of the engine ([security.md](security.md))',
  NOT_ALLOWED_EXECUTABLE: 'add the executable to the setting `executable-whitelist` on the machine of the engine',
  UNAUTHENTICATED: 'pass a valid token with `--token-file`',
  NOT_FOUND: 'check the path ([http-api.md](http-api.md))',
  TOO_LARGE: 'send less in one request',
  TOO_MANY_REQUESTS: 'wait as long as `Retry-After` says',
  MISSED: 'read the log files, or continue with the oldest entry',
  ENGINE_NOT_RUNNING: '`healer up` starts it',
  IO_ERROR: 'check the path, its permissions, and free space on the disk',
  INTERNAL: 'report it, with the log of the engine',
};

/** Returns the page on error codes and exit codes in Markdown, generated from the error catalog. */
export function messageReference(): string {
  const codes = Object.entries(ERROR_CATALOG) as readonly [ErrorCode, (typeof ERROR_CATALOG)[ErrorCode]][];
  const rows = codes.map(([code, { http, meaning }]) => {
    const next = NEXT_STEPS[code] ?? 'the message says it';
    return `| \`${code}\` | ${String(exitCodeOf(code))} | ${String(http)} | ${meaning} | ${next} |`;
  });
  return `# Error codes and exit codes

Generated from the error catalog in \`src/protocol/errors.ts\` by \`npm run generate\`.

Commands print an error as one sentence on stderr. With \`--json\`, they also print \`{"error": {"code", "message", "data"}}\` on stdout. Scripts should test
\`code\` or the exit code, never the message. [troubleshooting.md](troubleshooting.md) starts from messages.

| code | exit code | HTTP status | meaning | what to do |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## Exit codes

| exit code | meaning |
| --- | --- |
| 0 | success |
| 1 | failure: of several programs, at least one |
| 2 | wrong usage, or an invalid file |
| 3 | no engine is running; \`healer watcher --status\`: no watcher |
| 75 | an engine: another engine of the instance is running |
| 130 | ended by Ctrl-C |

\`healer run ID\` returns the exit code of the job.
`;
}
