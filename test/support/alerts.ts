import type { Alert, AlertMessage } from '../../src/protocol/alert.ts';
import type { EngineEvent } from '../../src/protocol/engine-event.ts';

const ALERT: Alert = {
  id: '7-abc',
  kind: 'crash',
  subject: 'web',
  process: 'web',
  pid: 4711,
  time: '2026-01-01T00:00:00.000Z',
  reason: 'killed by SIGSEGV after 3 s; restarting now',
  facts: [
    ['Signal', 'SIGSEGV'],
    ['Uptime', '3.0s'],
  ],
  done: ['restarted as pid 4712'],
  next: 'The restart policy decides: restart, cooldown, or give up.',
  heldBack: 0,
};

export function message(
  changes: Partial<Alert> = {},
  lines: readonly string[] = ['listening on 8080'],
): Extract<AlertMessage, { form: 'alert' }> {
  return { form: 'alert', alert: { ...ALERT, ...changes }, lines, from: { host: 'build-7', instance: 'default' } };
}

export function digest(count: number): Extract<AlertMessage, { form: 'digest' }> {
  const alerts = Array.from({ length: count }, (_, index) => {
    const name = `worker-${index}`;
    return { ...ALERT, id: `${index}-abc`, subject: name, process: name };
  });
  return { form: 'digest', id: '0-abc-digest', alerts, from: { host: 'build-7', instance: 'default' } };
}

/** The event of a crash, as the engine emits it. */
export function crash(seq: number, process: string, timeMs: number, changes: Partial<EngineEvent> = {}): EngineEvent {
  return {
    seq,
    time: new Date(timeMs).toISOString(),
    kind: 'crashed',
    process,
    pid: 100 + seq,
    reason: 'exited with code 1 after 12 ms; restarting now',
    data: { code: 1, signal: null, coreDumped: false, uptimeMs: 12 },
    ...changes,
  };
}
