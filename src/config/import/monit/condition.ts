import { availableParallelism, totalmem } from 'node:os';
import { parseMegabytes } from '../draft/byte-size.ts';
import type { SpecDraft } from '../draft/imported.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import type { ProcessContext } from './process-context.ts';
import type { Statement } from './statements.ts';

interface Condition {
  readonly text: string;
  readonly place: string;
  readonly cycleMs: number;
  readonly draft: ProgramDraft;
}

/** Converts `if … then …`. Only conditions that restart a program have an equivalent: healer reports faults in any case. */
export function convertCondition(
  statement: Statement,
  { cycleMs, placeOf }: ProcessContext,
  draft: ProgramDraft,
): void {
  const [, test = '', action = ''] = /^if\s+(.*?)\s+then\s+(\w+)/i.exec(statement.text) ?? [];
  const condition = { text: test, place: placeOf(statement), cycleMs, draft };
  if (/^\d+\s+restarts?\b/i.test(test)) convertAttempts(condition);
  else if (/^(?:does\s+)?not\s+exists?/i.test(test))
    draft.note('detail', condition.place, 'healer notices each exit at once');
  else if (!/^(?:restart|start|stop)$/i.test(action)) {
    draft.note(
      'minor',
      condition.place,
      `"if ${test} then ${action}": healer reports faults by itself; see limits, health and alerts`,
    );
  } else if (/^failed\b/i.test(test)) convertCheck(condition);
  else if (/^(?:total\s*)?(?:mem|memory)\b|^totalmem/i.test(test)) convertMemory(condition);
  else if (/^(?:total\s*)?cpu\b/i.test(test)) convertProcessor(condition);
  else draft.lose(condition.place, `"if ${test} then ${action}" has no equivalent; it was left out`);
}

function convertAttempts({ text, cycleMs, draft }: Condition): void {
  // Words such as "within", "with" and "in" mean nothing to monit.
  const [, attempts = '1', cycles = '1'] = /^(\d+)\s+restarts?\s+\D*(\d+)\s+cycles?/i.exec(text) ?? [];
  draft.extend('restart', { maxAttempts: Math.max(1, Number(attempts)), resetAfterMs: Number(cycles) * cycleMs });
}

function convertMemory({ text, place, draft }: Condition): void {
  const [, amount = '', unit = ''] = /(?:>=?|\bgt\b|\bgreater\b)\D*(\d+(?:\.\d+)?)\s*(%|[kmg]?b?)/i.exec(text) ?? [];
  const memoryMb =
    unit === '%' ? Math.round((totalmem() / 2 ** 20) * (Number(amount) / 100)) : parseMegabytes(`${amount}${unit}`);
  if (amount === '' || memoryMb === null || memoryMb <= 0) {
    draft.lose(place, `"${text}" is not a limit that healer has; set limits.memoryMb`);
    return;
  }
  draft.extend('limits', { memoryMb });
  loseCycles(text, place, draft);
  if (unit === '%')
    draft.lose(place, `${amount} % of the memory depends on the machine; on this one it is ${String(memoryMb)} MB`);
}

/** Reports that a limit applies at once: monit can wait until it was exceeded in several checks. */
function loseCycles(text: string, place: string, draft: ProgramDraft): void {
  const [words] = /\b(?:for\s+)?\d+\s+(?:times\s+within\s+\d+\s+)?cycles?/i.exec(text) ?? [];
  if (words === undefined || /\b1\s+cycle/i.test(words)) return;
  draft.lose(place, `"${words}": healer restarts the program as soon as it exceeds the limit`);
}

/** monit counts 100 % for all cores together. */
function convertProcessor({ text, place, draft }: Condition): void {
  const [, amount = ''] = /(?:>=?|\bgt\b|\bgreater\b)\D*(\d+(?:\.\d+)?)\s*%/i.exec(text) ?? [];
  const cores = availableParallelism();
  if (amount === '' || Number(amount) <= 0) {
    draft.lose(place, `"${text}" is not a limit that healer has; set limits.cpuPercent`);
    return;
  }
  draft.extend('limits', { cpuPercent: Number(amount) * cores });
  loseCycles(text, place, draft);
  if (cores > 1)
    draft.lose(
      place,
      `cpu: monit counts all ${String(cores)} cores of this machine as 100 %, healer counts each core as 100 %`,
    );
}

function convertCheck({ text, place, cycleMs, draft }: Condition): void {
  const check = checkOf(text);
  if (check === null) {
    draft.lose(place, `"if ${text}" has no equivalent; use a health check of the type exec`);
    return;
  }
  if ((draft.spec.health ?? null) !== null) {
    draft.lose(place, 'a program has one health check; the first was imported');
    return;
  }
  const failures = Number(/\b(?:for\s+)?(\d+)\s+(?:times\s+within\s+\d+\s+)?cycles?/i.exec(text)?.[1] ?? 1);
  const seconds = Number(/\btimeout\s+(\d+)\s*s/i.exec(text)?.[1] ?? 5);
  draft.set({
    health: {
      check,
      intervalMs: cycleMs,
      timeoutMs: seconds * 1000,
      consecutiveFailuresRequired: Math.max(1, failures),
    },
  });
}

type Check = NonNullable<SpecDraft['health']>['check'];

function checkOf(text: string): Check | null {
  const value = (name: string): string | undefined => new RegExp(`\\b${name}\\s+["']?([^"'\\s]+)`, 'i').exec(text)?.[1];
  const written = value('url');
  if (written !== undefined && /^https?:/.test(written)) return { type: 'http', url: written };
  const port = Number(value('port') ?? Number.NaN);
  if (!Number.isInteger(port) || /\btype\s+udp\b/i.test(text)) return null;
  const host = value('host') ?? '127.0.0.1';
  const protocol = value('(?:protocol|proto)')?.toLowerCase();
  if (protocol !== 'http' && protocol !== 'https')
    return { type: 'tcp', host: host === 'localhost' ? '127.0.0.1' : host, port };
  const status = Number(value('status\\s*=?') ?? Number.NaN);
  const path = value('request') ?? '/';
  return {
    type: 'http',
    url: `${protocol}://${host}:${String(port)}${path.startsWith('/') ? '' : '/'}${path}`,
    ...(Number.isInteger(status) && { status: [status] }),
  };
}
