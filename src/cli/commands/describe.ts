import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { formatMb } from '../../base/size.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { LastExit } from '../../protocol/process-state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import { MEASURE_NAMES } from '../../protocol/memory-measure.ts';
import { nextAttemptMs, stateWord } from '../../client/attach/present-reason.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { formatEvent } from '../output/event-line.ts';
import { paintHealth, printHealth } from '../output/check-text.ts';
import { formatTime, printLabeledValues, printHeading } from '../output/labeled-values.ts';
import { processJson } from '../output/json-shapes.ts';
import { formatLimits } from '../output/process-table.ts';
import type { Terminal } from '../output/terminal.ts';
import { formatSchedule } from '../output/schedule-text.ts';
import {
  conditionText,
  hooksText,
  readyText,
  reloadText,
  restartText,
  schedulingText,
  socketsText,
} from '../report/policy-text.ts';
import { stopText } from '../report/stop-text.ts';
import { eachSelected } from './each-selected.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.describe> = (context, words) =>
  eachSelected(context, words, {
    action: 'describe',
    ask: (api, id) => api.describe({ id }),
    json: (details) => ({ ...details, row: processJson(details.row) }),
    print: (details) => {
      printDetails(context.terminal, details);
    },
  });

/** The last runs of a job that are shown; JSON has all. */
const SHOWN_RUNS = 10;

function printDetails(terminal: Terminal, details: ProcessDetails): void {
  printRow(terminal, details);
  printHeading(terminal, 'Policy');
  printPolicy(terminal, details);
  if (details.health !== null) {
    printHeading(terminal, 'Health');
    printHealth(terminal, details.health);
  }
  if (details.tree.length > 0) {
    printHeading(terminal, 'Processes');
    for (const { pid, parentPid, name, command = name, memoryMb } of details.tree) {
      terminal.print(`${pid}  ${sanitizeText(command)}  ${formatMb(memoryMb)} RSS  child of ${parentPid}`);
    }
  }
  const { runs = [] } = details;
  if (runs.length > 0) {
    printHeading(terminal, 'Runs');
    for (const { endedAt, reason, ok } of runs.slice(-SHOWN_RUNS))
      terminal.print(`${formatTime(endedAt)}  ${ok ? 'ok     ' : 'failed '} ${sanitizeText(reason)}`);
  }
  if (details.recentEvents.length > 0) {
    printHeading(terminal, 'Recent events');
    for (const event of details.recentEvents) terminal.print(formatEvent(event, terminal.style));
  }
}

function printRow(terminal: Terminal, { row, spec, logPath, containment }: ProcessDetails): void {
  const { style } = terminal;
  const health = row.health === 'unknown' ? '' : `, ${paintHealth(style, row.health, row.health)}`;
  printLabeledValues(terminal, [
    ['id', style.strong(row.id)],
    ['name', row.name === row.id ? null : sanitizeText(row.name)],
    ['groups', spec.groups.length === 0 ? null : spec.groups.map((group) => `@${group}`).join(' ')],
    ['state', `${style.state(row.state, stateWord(row))}${health} (${sanitizeText(row.why)})`],
    ['stated', row.stated === undefined ? null : sanitizeText(row.stated)],
    ['pid', row.pid === null ? null : `${row.pid} (${row.processes} in the tree)`],
    [
      'started',
      row.startedAt === null ? null : `${formatTime(row.startedAt)}, ${formatDuration(row.uptimeMs ?? 0)} ago`,
    ],
    ['usage', formatUse(row)],
    ['limits', formatLimits(row.limits)],
    ['restarts', String(row.restarts)],
    ['next attempt', formatNextAttempt(row)],
    ['last exit', row.lastExit === null ? null : formatExit(row.lastExit)],
    ['core dump', row.lastExit?.coreDump === undefined ? null : sanitizeText(row.lastExit.coreDump)],
    ['command', sanitizeText([spec.command, ...spec.args].map(quoted).join(' '))],
    ['containment', row.pid === null ? null : containment],
    ['working directory', spec.cwd === null ? null : sanitizeText(spec.cwd)],
    ['source', sanitizeText(row.source)],
    ['overridden', overriddenOf(row)],
    ['log', sanitizeText(logPath)],
  ]);
}

function formatNextAttempt(row: ProcessRow): string | null {
  const leftMs = row.healing === 'on' ? nextAttemptMs(row, Date.now()) : null;
  const at = row.state === 'cooldown' ? row.cooldownUntil : row.retryAt;
  return leftMs === null || at === null
    ? null
    : `${formatTime(at)}${leftMs > 0 ? `, in ${formatDuration(leftMs)}` : ''}`;
}

function printPolicy(terminal: Terminal, details: ProcessDetails): void {
  const { row, spec, cooldown } = details;
  const { maxRuntimeMs, watchdogMs } = spec;
  const texts = {
    ready: readyText(spec),
    sockets: socketsText(spec),
    scheduling: schedulingText(spec),
    hooks: hooksText(spec),
    check: conditionText(spec),
  };
  const clean = (text: string | null): string | null => (text === null ? null : sanitizeText(text));
  printLabeledValues(terminal, [
    ['restart', restartText(spec.restart)],
    ['ready', clean(texts.ready)],
    ['watchdog', watchdogMs === null ? null : `WATCHDOG=1 at least every ${formatDuration(watchdogMs)}`],
    ['sockets', clean(texts.sockets)],
    ['stop', sanitizeText(stopText(spec.stop))],
    ['schedule', formatSchedule(details)],
    ['scheduling', texts.scheduling],
    ['longest run', maxRuntimeMs === null ? null : formatDuration(maxRuntimeMs)],
    ['fleet lost', formatFleetLoss(spec)],
    ['depends on', formatDependencies(spec)],
    ['health check', texts.check],
    ['reload', reloadText(spec.reload)],
    ['hooks', clean(texts.hooks)],
    ['healing', healingOf(row)],
    ['cooldown', formatCooldown(cooldown)],
  ]);
}

const HEALING_WORDS = {
  on: 'on',
  observed: 'observe mode: faults are reported, not healed',
  held: 'paused: faults are reported, not healed',
} as const;

function healingOf({ healing, heldUntil }: ProcessRow): string {
  return `${HEALING_WORDS[healing]}${heldUntil === null ? '' : `, until ${formatTime(heldUntil)}`}`;
}

function formatFleetLoss({ onFleetLost }: ProcessSpec): string | null {
  return onFleetLost?.stop === true ? `stopped after ${formatDuration(onFleetLost.after)} without the fleet` : null;
}

function formatDependencies({ dependsOn }: ProcessSpec): string | null {
  return dependsOn.length === 0 ? null : dependsOn.map(({ id, condition }) => `${id} (${condition})`).join(', ');
}

function formatCooldown({ restarts, limit, windowMs, durationMs, until }: CooldownView): string {
  const count = `${restarts.length} of ${limit} restarts within ${formatDuration(windowMs)}`;
  return until === null
    ? `${count} before a cooldown of ${formatDuration(durationMs)}`
    : `${count}; in cooldown until ${formatTime(until)}`;
}

function formatUse({ cpuPercent, memoryMb, memoryMeasure }: ProcessRow): string | null {
  if (cpuPercent === null && memoryMb === null) return null;
  const parts = [
    cpuPercent === null ? null : `${cpuPercent.toFixed(1)} % CPU`,
    memoryMb === null ? null : `${formatMb(memoryMb)} (${MEASURE_NAMES[memoryMeasure ?? 'rss']})`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function formatExit({ reason, at, coreDumped }: LastExit): string {
  const dumped = coreDumped && !reason.includes('core dumped') ? ', core dumped' : '';
  return `${sanitizeText(reason)} at ${formatTime(at)}${dumped}`;
}

/** Quotes an argument so that its boundaries are visible. The result is not exact shell syntax. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

/** Returns the fields of the file that a command has changed, and how to take that back; null if there are none. */
function overriddenOf({ id, overridden = [] }: ProcessRow): string | null {
  if (overridden.length === 0) return null;
  const fields = overridden.map(sanitizeText).join(', ');
  return `${fields}: set in the registry by a command; take back with "healer update ${id} --unset FIELD"`;
}
