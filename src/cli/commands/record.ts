import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { UsageReading } from '../../protocol/results/usage-reading.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import { targetOf } from '../command/context.ts';
import { validateIds } from '../command/process-id.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { existingFolder } from '../definitions/existing-folder.ts';
import { Recording } from '../definitions/recording.ts';

const SAMPLE_MS = 1_000;
const DEFAULT_MS = 3_600_000;
/** Codes of requests that no engine answered. */
const AWAY: readonly string[] = ['ENGINE_NOT_RUNNING', 'TIMEOUT'];

/** Records what the detectors of a program see, for `healer detect`. Ctrl-C ends it; what was recorded is kept. */
export const run: RunOf<typeof INSPECT_COMMANDS.record> = async (context, [id = '', path = ''], options) => {
  validateIds([id]);
  if (path === '') throw new HealerError('INVALID_CONFIG', 'the folder of the recording is empty — name one');
  const folder = resolve(existingFolder(), path);
  const { createClientOf } = await import('../../client/attach/reconnecting-client.ts');
  const client = createClientOf(await targetOf(context));
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await client.waitForConnection();
    const { spec } = await client.api.describe({ id });
    const past = options.past ? await client.api.history({ id, span: '24h' }) : null;
    const since = past === null ? new Date().toISOString() : timeOf(past, 0);
    const facts = {
      id,
      since,
      limits: spec.limits,
      anomaly: spec.anomaly,
      expect: options.falseAlarm ? 'nothing' : null,
    } as const;
    const recording = new Recording(folder, facts);
    const samples =
      past === null
        ? await record(client, id, recording, { forMs: options.forMs ?? DEFAULT_MS, signal: stopping.signal })
        : recordPast(past, recording);
    context.terminal.print(
      `Recorded ${samples === 1 ? '1 sample' : `${samples} samples`} of "${id}" in ${folder}; replay with "healer detect ${path}".`,
    );
    return 0;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    client.close();
  }
};

/** Takes a sample a second, also across restarts of the program and the engine. Returns the number of samples. */
async function record(
  client: ReconnectingClient,
  id: string,
  recording: Recording,
  { forMs, signal }: { readonly forMs: number; readonly signal: AbortSignal },
): Promise<number> {
  const untilMs = performance.now() + forMs;
  let [samples, last]: [number, string | null] = [0, null];
  while (performance.now() < untilMs && !signal.aborted) {
    const reading = await readingOf(client, id);
    if (reading !== null && reading.at !== null && reading.at !== last) {
      last = reading.at;
      samples += 1;
      recording.add('memory', reading.at, reading.allocatedMb);
      recording.add('cpu', reading.at, reading.cpuPercent);
      recording.add('descriptors', reading.at, reading.openDescriptors);
      recording.add('threads', reading.at, reading.threads);
      recording.add('descendants', reading.at, reading.processes === null ? null : reading.processes - 1);
    }
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
  }
  return samples;
}

/** Returns null while the engine is away: the recording continues with the next one. */
async function readingOf(client: ReconnectingClient, id: string): Promise<UsageReading | null> {
  try {
    return await client.api.usage({ id });
  } catch (error) {
    if (error instanceof HealerError && AWAY.includes(error.code)) return null;
    throw error;
  }
}

/** Writes the last 24 hours, of which the engine keeps one value a minute. Returns the number of minutes. */
function recordPast(past: HistoryResult, recording: Recording): number {
  let samples = 0;
  for (const [index, memoryMb] of past.memoryMb.entries()) {
    const cpuPercent = past.cpuPercent[index] ?? null;
    if (memoryMb === null && cpuPercent === null) continue;
    samples += 1;
    recording.add('memory', timeOf(past, index), memoryMb);
    recording.add('cpu', timeOf(past, index), cpuPercent);
  }
  return samples;
}

function timeOf({ until, stepMs, memoryMb }: HistoryResult, index: number): string {
  return new Date(Date.parse(until) - (memoryMb.length - 1 - index) * stepMs).toISOString();
}
