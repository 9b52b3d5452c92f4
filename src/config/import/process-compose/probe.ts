import type { SpecDraft } from '../draft/imported.ts';
import { loseUnknown } from '../draft/convert-field.ts';
import { escapeDollars } from '../draft/escape-references.ts';
import { type Fields, fieldsOf, isFields } from '../draft/plain-values.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { textOf } from '../draft/text-of.ts';

type Health = NonNullable<SpecDraft['health']>;

interface ProbeContext {
  readonly expand: (text: string) => string;
  readonly placeOf: (key: string) => string;
  readonly shell: readonly [command: string, argument: string];
}

const THRESHOLDS = ['success_threshold', 'failure_threshold'];
const PROBE_FIELDS = ['exec', 'http_get', 'initial_delay_seconds', 'period_seconds', 'timeout_seconds', ...THRESHOLDS];

/** Converts the readiness probe or else the liveness probe to a health check, of which a program has one. */
export function convertProbes(process: Fields, context: ProbeContext, draft: ProgramDraft): void {
  const { readiness_probe: readiness, liveness_probe: liveness } = process;
  const key = isFields(readiness) ? 'readiness_probe' : isFields(liveness) ? 'liveness_probe' : null;
  if (key === null) return;
  const probe = fieldsOf(process[key]);
  const place = context.placeOf(key);
  loseUnknown(key, probe, PROBE_FIELDS, { draft, place, manager: 'process-compose' });
  const check = checkOf(probe, { ...context, place }, draft);
  if (isFields(readiness) && isFields(liveness) && JSON.stringify(readiness) !== JSON.stringify(liveness)) {
    draft.lose(context.placeOf('liveness_probe'), 'a program has one health check; readiness_probe was imported');
  }
  if (check === null) return;
  const successes = countOf(probe['success_threshold']);
  const failures = Math.max(1, Math.round(Number(probe['failure_threshold'] ?? 3)) || 3);
  // process-compose stops a program whose probe fails, and then applies its restart policy.
  const isRestarted = draft.spec.restart?.policy !== 'never';
  draft.set({
    health: {
      check,
      intervalMs: milliseconds(probe['period_seconds'], 10),
      timeoutMs: milliseconds(probe['timeout_seconds'], 1),
      consecutiveFailuresRequired: failures,
      ...(successes > 1 && { successesRequired: successes }),
      startupCheck: {
        initialDelayMs: milliseconds(probe['initial_delay_seconds'], 0),
        checkIntervalMs: milliseconds(probe['period_seconds'], 10),
        maxAttempts: failures,
        ...(!isRestarted && { failAction: 'fail' }),
      },
    },
  });
}

function checkOf(
  probe: Fields,
  { expand, shell, place }: ProbeContext & { readonly place: string },
  draft: ProgramDraft,
): Health['check'] | null {
  const { http_get: http, exec } = probe;
  if (isFields(exec) && exec['command'] !== undefined && exec['command'] !== null) {
    if (exec['working_dir'] !== undefined) {
      draft.lose(place, 'working_dir: the check runs in the working directory of the program');
    }
    const [command, argument] = shell;
    return { type: 'exec', command, args: [argument, escapeDollars(textOf(exec['command']).replaceAll('$$', '$'))] };
  }
  if (!isFields(http)) {
    draft.lose(place, 'it has neither "exec" nor "http_get"; it was left out');
    return null;
  }
  return httpCheck(http, expand);
}

function httpCheck(http: Fields, expand: (text: string) => string): Health['check'] {
  const text = (name: string, usual: string): string => expand(textOf(http[name] ?? usual));
  const port = textOf(http['port'] ?? http['num_port'] ?? '');
  const path = text('path', '/');
  const authority = `${text('host', '127.0.0.1')}${port === '' ? '' : `:${expand(port)}`}`;
  const status = Number(http['status_code'] ?? Number.NaN);
  const headers = Object.entries(fieldsOf(http['headers'])).map(([name, value]) => [name, expand(textOf(value))]);
  return {
    type: 'http',
    url: `${text('scheme', 'http').toLowerCase()}://${authority}${path.startsWith('/') ? '' : '/'}${path}`,
    ...(Number.isInteger(status) && status > 0 && { status: [status] }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) as Record<string, string> }),
  };
}

function milliseconds(seconds: unknown, usual: number): number {
  const value = Number(seconds ?? usual);
  // The least interval of a check is 10 ms.
  return Number.isFinite(value) && value >= 0 ? Math.max(10, Math.round(value * 1000)) : usual * 1000;
}

/** Returns a count of checks, at most as many as healer accepts. */
function countOf(written: unknown): number {
  const count = Number(written ?? 1);
  return Number.isInteger(count) ? Math.min(Math.max(1, count), MOST_SUCCESSES) : 1;
}

const MOST_SUCCESSES = 100;
