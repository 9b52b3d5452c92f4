import { seconds } from '../../policy/exit-facts.ts';
import type { ProbeResult } from '../../policy/health.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { Answer, Check, Surroundings } from './probe.ts';

/** What a probe is made with. */
export interface ProbeRequest {
  readonly check: Check;
  readonly timeoutMs: number;
  /** Worked out only by checks that run a command. @throws HealerError */
  readonly surroundings: () => Surroundings;
  /** Gives the probe up; its result is of no use any more. */
  readonly signal: AbortSignal;
}

/** The one way in which programs are probed; each kind of check stands behind it. Never rejects. */
export type RunProbe = (request: ProbeRequest) => Promise<ProbeResult>;

/** Asks once and within its time. */
export const runProbe: RunProbe = async ({ check, timeoutMs, surroundings, signal }) => {
  const limit = new AbortController();
  const giveUp = (): void => limit.abort();
  let timer: NodeJS.Timeout | undefined;
  let began = performance.now();
  try {
    const ask = await load(check);
    began = performance.now();
    timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    const { ok, answer, said = '' } = await ask(limit.signal, surroundings);
    const isLate = limit.signal.aborted && !ok;
    const told = isLate ? `${answer || 'gave no answer'} ${signal.aborted ? GIVEN_UP : within(timeoutMs)}` : answer;
    return { ok, answer: said === '' ? told : `${told}, ${said}`, latencyMs: sinceMs(began) };
  } catch (error) {
    return { ok: false, answer: `cannot be asked: ${toHealerError(error).message}`, latencyMs: sinceMs(began) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
};

const GIVEN_UP = 'before the program itself ended or changed';

function within(timeoutMs: number): string {
  return `within ${seconds(timeoutMs)}`;
}

type Ask = (signal: AbortSignal, surroundings: () => Surroundings) => Promise<Answer>;

/** Each kind is loaded when it is first used: most engines need none. Loading takes nothing from a probe's time. */
async function load(check: Check): Promise<Ask> {
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

function sinceMs(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10;
}
