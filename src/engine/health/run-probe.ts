import { seconds } from '../../policy/exit-facts.ts';
import type { ProbeResult } from '../../policy/health.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { type Answer, type Check, missed, type Surroundings } from './probe.ts';

/** The parameters of a probe. */
export interface ProbeRequest {
  readonly check: Check;
  readonly timeoutMs: number;
  /** Called only for checks that run a command. @throws HealerError */
  readonly surroundings: () => Surroundings;
  /** Cancels the probe, because its result is no longer needed. */
  readonly signal: AbortSignal;
}

/** The result of a probe, which may still read the rest of a response. */
export interface ProbeOutcome extends ProbeResult {
  /** Resolves once nothing of the probe is open any more; absent if nothing is. It does so after the timeout at the latest. */
  readonly closing?: Promise<void>;
}

/** Probes a program with any kind of check. Never rejects. */
export type RunProbe = (request: ProbeRequest) => Promise<ProbeOutcome>;

/** How long a probe that was canceled may take to resolve, in ms. Then it counts as one without a response. */
const CANCELED_MS = 2_000;

/** Probes once and reports a failure if the timeout expires. */
export const runProbe: RunProbe = async ({ check, timeoutMs, surroundings, signal }) => {
  const limit = new AbortController();
  const cancel = (): void => limit.abort();
  let timer: NodeJS.Timeout | undefined;
  let startedAt = performance.now();
  let giveUp: NodeJS.Timeout | undefined;
  const overdue = new Promise<Answer>((resolve) => {
    const begin = (): void => void (giveUp = setTimeout(resolve, CANCELED_MS, missed('')));
    limit.signal.addEventListener('abort', begin, { once: true });
  });
  const release = (): void => {
    clearTimeout(timer);
    clearTimeout(giveUp);
    signal.removeEventListener('abort', cancel);
  };
  try {
    const probe = await load(check);
    startedAt = performance.now();
    timer = setTimeout(cancel, timeoutMs);
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    const found = await Promise.race([probe(limit.signal, surroundings), overdue]);
    const latencyMs = sinceMs(startedAt);
    const { closing, ...result } = judged(found, latencyMs, { timeoutMs, limit: limit.signal, canceled: signal });
    if (closing === undefined) release();
    else void closing.finally(release);
    return { ...result, latencyMs, ...(closing === undefined ? {} : { closing }) };
  } catch (error) {
    release();
    return { ok: false, answer: `cannot be checked: ${toHealerError(error).message}`, latencyMs: sinceMs(startedAt) };
  }
};

interface Limits {
  readonly timeoutMs: number;
  readonly limit: AbortSignal;
  readonly canceled: AbortSignal;
}

/** Completes the sentence of an answer. An answer that arrived after the timeout is a failure, whatever it says. */
function judged(
  { ok, answer, output = '', closing }: Answer,
  latencyMs: number,
  { timeoutMs, limit, canceled }: Limits,
): { readonly ok: boolean; readonly answer: string; readonly closing?: Promise<void> } {
  const isLate = ok && latencyMs > timeoutMs;
  const sentence = isLate
    ? `${answer}, but after ${seconds(latencyMs)} instead of ${within(timeoutMs)}`
    : limit.aborted && !ok
      ? `${answer || 'did not respond'} ${canceled.aborted ? CANCELED : within(timeoutMs)}`
      : answer;
  const shown = output === '' ? sentence : `${sentence}, ${output}`;
  return { ok: ok && !isLate, answer: shown, ...(closing === undefined ? {} : { closing }) };
}

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
