import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { formatMb } from '../../base/size.ts';
import type { PeerView } from '../../protocol/peer-view.ts';
import type { AlertsStatus, EngineStatus, HostFacts } from '../../protocol/snapshot.ts';
import type { RunOf } from '../command/command.ts';
import type { ENGINE_COMMANDS } from '../command-groups/engine-commands.ts';
import { withConnection } from '../command/context.ts';
import { type LabeledValue, formatTime, printLabeledValues } from '../output/labeled-values.ts';
import { statusJson } from '../output/json-shapes.ts';
import type { Terminal } from '../output/terminal.ts';

export const run: RunOf<typeof ENGINE_COMMANDS.status> = async (context) => {
  const status = await withConnection(context, ({ api }) => api.status({}));
  if (context.terminal.json) context.terminal.printJson(statusJson(status));
  else printStatus(context.terminal, status);
  return 0;
};

function printStatus(terminal: Terminal, status: EngineStatus): void {
  printLabeledValues(terminal, [
    ['engine', `healer ${status.version}, instance "${status.instance}", pid ${status.pid}`],
    ['uptime', `${formatDuration(status.uptimeMs)}, since ${formatTime(status.startedAt)}`],
    ['programs', formatCounts(status.counts)],
    ['health', formatHealth(status.health)],
    ['healing', formatHealing(status)],
    ['sources', status.sources.length === 0 ? 'none' : status.sources.map(sanitizeText).join(', ')],
    ['alerts', formatAlerts(status.alerts)],
    ['containment', `${status.containment.kind} (${sanitizeText(status.containment.detail)})`],
    ['peer engine', formatPeer(status.partner)],
    ['engine usage', formatEngineLoad(status)],
    ['send buffers', formatBuffers(status)],
    ...hostFacts(status.host),
  ]);
  const { problem: alertProblem } = status.alerts;
  if (alertProblem !== null) terminal.print(terminal.style.warning(`! ${sanitizeText(alertProblem)}`));
  for (const problem of status.degraded) terminal.print(terminal.style.warning(`! ${sanitizeText(problem)}`));
}

function formatCounts({ total = 0, ...states }: Readonly<Record<string, number>>): string {
  const named = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  return named.length === 0 ? String(total) : `${total} (${named.join(', ')})`;
}

function formatHealth({ healthy, unhealthy }: EngineStatus['health']): string | null {
  return healthy + unhealthy === 0 ? null : `${healthy} healthy, ${unhealthy} unhealthy`;
}

function formatHealing({ healing: { mode, until, held } }: EngineStatus): string {
  const end = until === null ? '' : ` until ${formatTime(until)}`;
  const general = { on: 'on', observed: 'observe mode for every program', held: `paused for every program${end}` }[
    mode
  ];
  return held === 0 ? general : `${general}; paused for ${held === 1 ? '1 program' : `${held} programs`}`;
}

function formatAlerts({ channels, lastSentAt, waiting, failingSince }: AlertsStatus): string {
  if (channels.length === 0) return 'not configured';
  const parts = [
    channels.map(sanitizeText).join(', '),
    lastSentAt === null ? 'none sent yet' : `last sent ${formatTime(lastSentAt)}`,
    waiting === 0 ? null : `${waiting} queued`,
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
