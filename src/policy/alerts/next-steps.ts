import type { EngineEvent } from '../../protocol/engine-event.ts';
import { type EventKind, meaningOf, type NextStep } from '../../protocol/event-kinds.ts';

/** The last sentence of an alert: what healer does next, and what a person can do. */
const SENTENCES: Readonly<Record<NextStep, string>> = {
  'restart-policy': 'The restart policy decides: restart, cooldown, or give up.',
  stop: 'healer stops the program; the restart policy decides whether it is started again.',
  kill: 'healer kills the whole process tree; the restart policy decides whether it is started again.',
  'give-up': 'healer does not retry automatically. Fix the cause, then start the program.',
  disable: 'healer stops and disables the program. Fix the cause, then enable it.',
  suppressed: 'Nothing: healing is paused or in observe mode.',
  report: 'Nothing: healer only reports this unless the definition of the program sets an action.',
  cooldown: 'The program is restarted once after the cooldown, with its counters reset.',
  'reaping-requested':
    'A zombie disappears when its parent reaps it or exits. Restart or fix parents that keep zombies.',
  restarted: 'Nothing more, unless it happens again.',
  retried: 'The program is started again after the delay.',
  recovered: 'Running programs were re-adopted; programs that had exited were restarted.',
};

/** The next step for each `action` of an event, where the definition or suppressed healing decides it. */
const BY_ACTION: Readonly<Record<string, NextStep>> = {
  log: 'report',
  observe: 'suppressed',
  restart: 'stop',
  kill: 'kill',
  disable: 'disable',
  fail: 'give-up',
};

/** Returns the last sentence of an alert about an event; `step` applies unless the event names an action. */
export function nextSentence(step: NextStep, { action }: EngineEvent['data']): string {
  const byAction = typeof action === 'string' ? BY_ACTION[action] : undefined;
  return SENTENCES[byAction ?? step];
}

/** The responses without an alert of their own that settle what happens next. */
const AFTER_RESPONSE: Readonly<Partial<Record<EventKind, NextStep>>> = {
  restarted: 'restarted',
  'restart-scheduled': 'retried',
};

/** Returns the sentence that replaces it after a response such as `failed`; null if the response changes nothing. */
export function sentenceAfter({ kind }: EngineEvent): string | null {
  const { is, alert } = meaningOf(kind);
  const step = is === 'response' ? (alert?.next ?? AFTER_RESPONSE[kind]) : undefined;
  return step === undefined ? null : SENTENCES[step];
}
