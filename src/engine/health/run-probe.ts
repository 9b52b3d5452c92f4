import { seconds } from '../../policy/exit-facts.ts';
import type { ProbeResult } from '../../policy/health.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { Answer, Check, Surroundings } from './probe.ts';

/** The parameters of a probe. */
export interface ProbeRequest {
  readonly check: Check;
  readonly timeoutMs: number;
  /** Called only for checks that run a command. @throws HealerError */
  readonly surroundings: () => Surroundings;
  /** Cancels the probe, because its result is no longer needed. */
  readonly signal: AbortSignal;
}

/** Probes a program with any kind of check. Never rejects. */
export type RunProbe = (request: ProbeRequest) => Promise<ProbeResult>;

/** Probes once and reports a failure if the timeout expires. */
export const runProbe: RunProbe = async ({ check, timeoutMs, surroundings, signal }) => {
  const limit = new AbortController();
  const cancel = (): void => limit.abort();
  let timer: NodeJS.Timeout | undefined;
  let startedAt = performance.now();
  try {
    const probe = await load(check);
    startedAt = performance.now();
    timer = setTimeout(cancel, timeoutMs);
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    const { ok, answer, output = '' } = await probe(limit.signal, surroundings);
    const isLate = limit.signal.aborted && !ok;
    const result = isLate ? `${answer || 'did not respond'} ${signal.aborted ? CANCELED : within(timeoutMs)}` : answer;
    return { ok, answer: output === '' ? result : `${result}, ${output}`, latencyMs: sinceMs(startedAt) };
  } catch (error) {
    return { ok: false, answer: `cannot be checked: ${toHealerError(error).message}`, latencyMs: sinceMs(startedAt) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
};

const CANCELED = 'before the program exited or changed';

function within(timeoutMs: number): string {
  return `within ${seconds(timeoutMs)}`;
}

type LoadedProbe = (signal: AbortSignal, surroundings: () => Surroundings) => Promise<Answer>;

/** Each kind is loaded on first use, because most engines use none. Loading does not count towards the timeout. */
async function load(check: Check): Promise<LoadedProbe> {
  switch (check.type) {
    case 'http': {
      const { probeHttp } = await import('./http-probe.ts');
      return (signal) => probeHttp(check, signal);
    }
    case 'tcp': {
      const { probeTcp } = await import('./tcp-probe.ts');
      return (signal) => probeTcp(check, signal);
    }
    case 'exec': {
      const { probeExec } = await import('./exec-probe.ts');
      return (signal, surroundings) => probeExec(check, signal, surroundings);
    }
  }
}

function sinceMs(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 10) / 10;
}
