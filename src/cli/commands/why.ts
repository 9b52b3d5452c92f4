import { stateWord } from '../../client/attach/present-reason.ts';
import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { formatMb } from '../../base/size.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { formatTime, printLabeledValues, printHeading } from '../output/labeled-values.ts';
import { processJson } from '../output/json-shapes.ts';
import type { Terminal } from '../output/terminal.ts';
import { formatSchedule } from '../output/schedule-text.ts';
import { eachSelected } from './each-selected.ts';
import { outlookOf } from '../report/outlook.ts';
import { cooldownOutlook, type Story, composeStory } from '../report/story.ts';

const EVENTS = 200;
const LINES = 200;

interface Explained {
  readonly details: ProcessDetails;
  readonly story: Story;
  /** Why its log cannot be read; null if it can. */
  readonly logProblem: string | null;
}

export const run: RunOf<typeof INSPECT_COMMANDS.why> = (context, words) =>
  eachSelected(context, words, {
    action: 'explain',
    ask: explain,
    json: ({ details, story }) => ({ ...story, row: processJson(details.row), cooldown: details.cooldown }),
    print: ({ details, story, logProblem }) => {
      printStory(context.terminal, details, story);
      if (logProblem !== null) context.terminal.note(`its output is missing here: ${sanitizeText(logProblem)}`);
    },
  });

async function explain(api: EngineApi, id: string): Promise<Explained> {
  const details = await api.describe({ id });
  const [events, output, history] = await Promise.all([
    api.events({ process: id, limit: EVENTS }),
    lastLines(api, id),
    api.history({ id, span: '15m' }),
  ]);
  const { lines, problem } = output;
  return { details, story: composeStory({ spec: details.spec, events, lines, history }), logProblem: problem };
}

/** A log that cannot be read does not prevent the rest of the explanation. */
async function lastLines(
  api: EngineApi,
  id: string,
): Promise<{ readonly lines: readonly LogLine[]; readonly problem: string | null }> {
  try {
    return { lines: await api.logs({ id, tail: LINES }), problem: null };
  } catch (error) {
    const { code, message } = toHealerError(error);
    if (code !== 'IO_ERROR' && code !== 'INTERNAL') throw error;
    return { lines: [], problem: message };
  }
}

function printStory(terminal: Terminal, details: ProcessDetails, story: Story): void {
  const { style } = terminal;
  const { row } = details;
  const uptime = row.uptimeMs === null ? '' : ` for ${formatDuration(row.uptimeMs)}`;
  terminal.print(
    `${style.strong(row.id)}: ${style.state(row.state, stateWord(row))}${uptime} (${sanitizeText(row.why)})`,
  );
  if (story.trigger === null) {
    terminal.print('No faults recorded.');
  } else {
    printHeading(terminal, 'What failed');
    printLabeledValues(terminal, [
      ['when', formatTime(story.trigger.time)],
      ['reason', style.bad(sanitizeText(story.trigger.reason))],
      ['rule', story.rule],
      ['measured', measuredBy(story.trigger)],
      ['core dump', coreDumpOf(story)],
    ]);
    printSamples(terminal, story);
  }
  if (story.finding !== null) {
    printHeading(terminal, 'What is conspicuous');
    terminal.print(story.finding);
  }
  printLines(terminal, story);
  printActions(terminal, story);
  printHeading(terminal, 'What happens next');
  printLabeledValues(terminal, nextSteps(details));
}

/** Prints what followed the fault. The fault itself is already printed, so it is not repeated in each reason. */
function printActions(terminal: Terminal, { trigger, events }: Story): void {
  const { style } = terminal;
  const responses = events.filter((event) => event !== trigger);
  if (responses.length === 0) return;
  printHeading(terminal, 'What healer did');
  const known = trigger === null ? [] : [trigger.reason];
  for (const { time, kind, pid, reason } of responses) {
    const who = pid === null ? '' : ` (pid ${pid})`;
    const news = withoutKnown(reason, known);
    known.push(reason);
    terminal.print(`${style.faint(formatTime(time))}  ${kind}${who}${news === '' ? '' : `: ${sanitizeText(news)}`}`);
  }
}

/** Returns the part of a reason that no earlier reason contains: after "exited with code 7", only "restarting in 1 s". */
function withoutKnown(reason: string, known: readonly string[]): string {
  const bare = reason.replace(/^(?:restarted|stopped): /, '');
  if (known.includes(reason) || known.includes(bare)) return '';
  const start = known.find((earlier) => reason.startsWith(`${earlier}; `));
  return start === undefined ? reason : reason.slice(start.length + 2);
}

function measuredBy({ data }: EngineEvent): string | null {
  const { samples } = data;
  return Array.isArray(samples) ? samples.map(String).join(', ') : null;
}

/** Returns where the core dump of the run that failed is; null without one. */
function coreDumpOf({ trigger, events }: Story): string | null {
  const exit = events.find(({ kind, pid }) => kind === 'crashed' && pid === trigger?.pid);
  const dump = exit?.data['coreDump'];
  return typeof dump === 'string' ? sanitizeText(dump) : null;
}

function printSamples(terminal: Terminal, { samples }: Story): void {
  if (samples.length === 0) return;
  printHeading(terminal, 'CPU and memory usage before the fault');
  for (const { atMs, cpuPercent, memoryMb } of samples) {
    const cpu = cpuPercent === null ? '-' : `${cpuPercent.toFixed(1)} %`;
    const memory = memoryMb === null ? '-' : formatMb(memoryMb);
    const time = terminal.style.faint(formatTime(new Date(atMs).toISOString()));
    terminal.print(`${time}  ${cpu.padStart(8)}  ${memory.padStart(8)}`);
  }
}

function printLines(terminal: Terminal, { lines }: Story): void {
  if (lines.length === 0) return;
  const { style } = terminal;
  printHeading(terminal, 'Last output');
  for (const { time, stream, text } of lines) {
    const when = time === null ? '' : `${style.faint(formatTime(time))}  `;
    terminal.print(when + (stream === 'stderr' ? style.bad(sanitizeText(text)) : sanitizeText(text)));
  }
}

function nextSteps(details: ProcessDetails): [string, string | null][] {
  const { row, spec, cooldown } = details;
  const { maxAttempts } = spec.restart;
  const nextAttempt = row.state === 'cooldown' ? row.cooldownUntil : row.retryAt;
  return [
    ['outlook', outlookOf({ row, spec })],
    [
      'next attempt',
      nextAttempt === null || row.healing !== 'on' ? null : `${formatTime(nextAttempt)}${formatUntil(nextAttempt)}`,
    ],
    ['attempts', maxAttempts === null ? null : `at most ${String(maxAttempts)} in a row, then healer gives up`],
    ['cooldown', cooldownOutlook(cooldown)],
    ['schedule', formatSchedule(details)],
    [
      'healing',
      row.healing === 'on'
        ? null
        : row.healing === 'held'
          ? 'paused: faults are reported, not healed'
          : 'observe mode: faults are reported, not healed',
    ],
  ];
}

function formatUntil(iso: string): string {
  const leftMs = Date.parse(iso) - Date.now();
  return leftMs > 0 ? `, in ${formatDuration(leftMs)}` : '';
}
