import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { formatMb } from '../../base/size.ts';
import type { PeerView } from '../../protocol/peer-view.ts';
import type { AlertsStatus, EngineStatus, HostFacts } from '../../protocol/snapshot.ts';
import type { TrackStatus } from '../../protocol/results/tracked-view.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { type Context, otherVersionNote, withConnection } from '../command/context.ts';
import { formatEvent } from '../output/event-line.ts';
import { type LabeledValue, formatTime, printHeading, printLabeledValues } from '../output/labeled-values.ts';
import { statusJson } from '../output/json-shapes.ts';
import type { Terminal } from '../output/terminal.ts';

export const run: RunOf<typeof ENGINE_COMMANDS.status> = async (context) => {
  const { terminal } = context;
  const { status, events, tracking, hello } = await withConnection(context, async ({ api, hello: greeting }) => ({
    hello: greeting,
    status: await api.status({}),
    events: await api.events({ limit: RECENT_EVENTS }),
    tracking: await api.trackStatus({}),
  }));
  if (terminal.json) {
    const { user, home, stateDir } = hello;
    const more = { tracking: summaryOf(tracking), recentEvents: events };
    // Undefined for a remote engine: then the fields are omitted.
    terminal.printJson({ ...statusJson(status), user, home, stateDir, ...more });
  } else {
    printStatus(context, status, { tracking, hello });
    if (events.length > 0) printHeading(terminal, 'Recent events');
    for (const event of events) terminal.print(formatEvent(event, terminal.style));
  }
  return 0;
};

const RECENT_EVENTS = 10;

function summaryOf({ enabled, running, trackedCount, checkInterval }: TrackStatus): Omit<TrackStatus, 'tracked'> {
  return { enabled, running, trackedCount, checkInterval };
}

function formatTracking({ enabled, running, trackedCount, checkInterval }: TrackStatus): string {
  if (!enabled) return trackedCount === 0 ? 'off' : `off; ${processes(trackedCount)} tracked, not terminated`;
  const tracked = trackedCount === 0 ? 'no processes' : processes(trackedCount);
  const pace = running
    ? `checked every ${formatDuration(checkInterval * 1000)}`
    : 'not terminated while healing is off';
  return `${tracked}, ${pace}`;
}

function processes(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}

interface ShownWithStatus {
  readonly tracking: TrackStatus;
  readonly hello: HelloResult;
}

function printStatus(context: Context, status: EngineStatus, { tracking, hello }: ShownWithStatus): void {
  const { terminal } = context;
  const { user, home, stateDir } = hello;
  printLabeledValues(terminal, [
    ['engine', `healer ${status.version}, instance "${status.instance}", pid ${status.pid}`],
    ['uptime', `${formatDuration(status.uptimeMs)}, since ${formatTime(status.startedAt)}`],
    ['user', user === undefined || home === undefined ? null : `${sanitizeText(user)}, home ${sanitizeText(home)}`],
    ['state folder', stateDir === undefined ? null : sanitizeText(stateDir)],
    ['programs', formatCounts(status)],
    ['health', formatHealth(status.health)],
    ['healing', formatHealing(terminal, status)],
    ['tracking', formatTracking(tracking)],
    ['sources', status.sources.length === 0 ? 'none' : status.sources.map(sanitizeText).join(', ')],
    ['alerts', formatAlerts(status.alerts)],
    ['containment', `${status.containment.kind} (${sanitizeText(status.containment.detail)})`],
    ['peer engine', formatPeer(status.partner)],
    ['engine usage', formatEngineLoad(status)],
    ['send buffers', formatBuffers(status)],
    ...hostFacts(status.host),
  ]);
  for (const problem of alertProblems(status.alerts)) {
    terminal.print(terminal.style.warning(`! ${sanitizeText(problem)}`));
  }
  // On a terminal, this was noted when the command connected.
  const other = terminal.isInteractive ? null : otherVersionNote(context, hello);
  if (other !== null) terminal.print(terminal.style.warning(`! ${sanitizeText(other)}`));
  for (const problem of status.degraded) terminal.print(terminal.style.warning(`! ${sanitizeText(problem)}`));
}

function formatCounts({ counts: { total = 0, ...states }, healing }: EngineStatus): string {
  // While healing is restricted, no program waits for a restart.
  const word = (state: string): string => (state === 'backoff' && healing.mode !== 'on' ? 'down' : state);
  const named = Object.entries(states).map(([state, count]) => `${count} ${word(state)}`);
  return named.length === 0 ? String(total) : `${total} (${named.join(', ')})`;
}

function formatHealth({ healthy, unhealthy }: EngineStatus['health']): string | null {
  return healthy + unhealthy === 0 ? null : `${healthy} healthy, ${unhealthy} unhealthy`;
}

/** Returns whether faults are healed, for all programs and for those that differ. */
function formatHealing(terminal: Terminal, { healing, counts }: EngineStatus): string {
  const { mode, until, held } = healing;
  // An engine of an earlier version does not count them.
  const observed = (healing as Partial<EngineStatus['healing']>).observed ?? 0;
  const end = until === null ? '' : ` until ${formatTime(until)}`;
  const isAllObserved = mode === 'observed' || (mode === 'on' && observed > 0 && observed === counts['total']);
  const general =
    mode === 'held'
      ? `paused for every program${end}: faults are reported, not healed`
      : isAllObserved
        ? 'observe mode for every program: faults are reported, not healed'
        : 'on';
  const exceptions = [
    isAllObserved || observed === 0 ? null : `observe mode for ${programs(observed)}`,
    held === 0 ? null : `paused for ${programs(held)}`,
  ].filter((part) => part !== null);
  const text = [general, ...exceptions].join('; ');
  return text === 'on' ? text : terminal.style.warning(text);
}

function programs(count: number): string {
  return count === 1 ? '1 program' : `${count} programs`;
}

/** An engine of an earlier version reports one problem only. */
function alertProblems({ problem, problems = [], refused = [] }: AlertsStatus): string[] {
  const ofReceivers = refused.map(
    ({ address, since, answer }) => `mail to ${address} has been refused since ${formatTime(since)}: ${answer}`,
  );
  const all = [problem, ...problems].filter((each) => each !== null && !each.startsWith('mail to '));
  return [...new Set([...all.filter((each) => each !== null), ...ofReceivers])];
}

function formatAlerts(status: AlertsStatus): string {
  const { channels, lastSentAt, waiting, failingSince, sending = null, quietUntil = null, heldBack = 0 } = status;
  if (channels.length === 0) return 'not configured';
  const parts = [
    channels.map(sanitizeText).join(', '),
    lastSentAt === null ? 'none sent yet' : `last sent ${formatTime(lastSentAt)}`,
    waiting === 0 ? null : `${waiting} queued`,
    quietUntil === null ? null : `quiet hours until ${formatTime(quietUntil)}: ${heldBack} held back`,
    sending === null ? null : sanitizeText(sending),
    failingSince === null ? null : `failing since ${formatTime(failingSince)}`,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

/** Returns the peer engine as this engine last saw it, or null without one. */
export function formatPeer(peer: PeerView | null): string | null {
  if (peer === null) return null;
  const { instanceId, pid, alive, lastSeen } = peer;
  const which = `"${sanitizeText(instanceId)}"${pid === null ? '' : ` (pid ${pid})`}`;
  if (alive) return `${which}, alive`;
  return `${which}, not answering, ${lastSeen === null ? 'never seen' : `last seen ${formatTime(lastSeen)}`}`;
}

function formatEngineLoad({ load }: EngineStatus): string {
  const parts = [
    load.cpuPercent === null ? null : `${load.cpuPercent.toFixed(1)} % CPU`,
    formatMb(load.memoryMb),
    load.openFiles === null ? null : `${load.openFiles}${ofLimit(load.openFilesLimit)} open files`,
    `${load.clients} ${load.clients === 1 ? 'client' : 'clients'}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function ofLimit(limit: number | null | undefined): string {
  return limit === null || limit === undefined ? '' : ` of ${limit}`;
}

/** Returns null for an engine of an earlier version. */
function formatBuffers({ load: { unsentMb, unsentLimitMb } }: EngineStatus): string | null {
  if (unsentMb === undefined || unsentLimitMb === undefined) return null;
  return `${formatMb(unsentMb)} of at most ${formatMb(unsentLimitMb)} for clients that read slowly`;
}

function hostFacts(host: HostFacts): LabeledValue[] {
  const { cpuPercent, memoryUsedMb, memoryTotalMb, load, diskUsedPercent, bootedAt } = host;
  return [
    ['host', `${sanitizeText(host.hostname)}, ${host.platform}, ${host.cores} cores`],
    ['host CPU', cpuPercent === null ? null : `${cpuPercent.toFixed(1)} %`],
    ['host load', load?.map((value) => value.toFixed(2)).join(' ') ?? null],
    [
      'host memory',
      memoryUsedMb === null || memoryTotalMb === null
        ? null
        : `${formatMb(memoryUsedMb)} of ${formatMb(memoryTotalMb)}`,
    ],
    ['host disk', diskUsedPercent === null ? null : `${diskUsedPercent.toFixed(0)} % used`],
    ['host booted', bootedAt === null ? null : formatTime(bootedAt)],
  ];
}
