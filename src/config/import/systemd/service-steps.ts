import type { SpecDraft } from '../draft/imported.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { signalOf } from '../draft/signal-of.ts';
import { type ExecLine, fieldsOfWords, parseExecLine } from './exec-line.ts';
import { commandsIn, lineOf } from './service-command.ts';
import { startTimeoutOf, stopTimeoutOf, typeOf } from './service-times.ts';
import type { UnitValue } from './unit-file.ts';

type Command = NonNullable<NonNullable<SpecDraft['hooks']>['before']>;

interface StepContext {
  readonly values: readonly UnitValue[];
  readonly env: Readonly<Record<string, string>>;
  readonly draft: ProgramDraft;
  readonly placeOf: (line: number) => string;
}

/** A signal for the main process, written as a command. */
const KILL = /^-?(?:\/usr)?(?:\/bin\/)?kill\s+-(?:s\s+)?(\w+)\s+\$\{?MAINPID\}?$/;

/** Returns the signal that a command sends to the main process; null for other commands. */
export function signalSentBy(command: string): string | null {
  const [, signal] = KILL.exec(command) ?? [];
  return signal === undefined ? null : signalOf(signal);
}

/** Converts the commands before and after a start, and those of a stop: all commands of a kind, or none of them. */
export function convertSteps(context: StepContext): void {
  const { values, draft } = context;
  const before = stepsOf('ExecStartPre', context);
  if (before.length > 0) setHook('before', commandOf(before, context, startTimeoutOf(values)), draft);
  const after = stepsOf('ExecStartPost', context);
  if (after.length > 0) convertPost(after, context);
  convertStop(context);
}

interface Step extends ExecLine {
  readonly value: UnitValue;
}

/** Returns the commands of a kind; none if one of them cannot be converted. */
function stepsOf(key: string, { values, draft, placeOf }: StepContext): readonly Step[] {
  const steps = values
    .filter((value) => value.key === key)
    .map((value): Step => ({ ...parseExecLine(value.text), value }));
  const hasUser = values.some(({ key: other }) => other === 'User' || other === 'DynamicUser');
  const problems = steps.map(({ prefixes, problem, words }) => {
    if (problem !== null) return problem;
    if (words.length === 0) return 'it is empty';
    return hasUser && /[+!]/.test(prefixes)
      ? 'it needs full privileges, but would run as the user of the program'
      : null;
  });
  const found = problems.find((problem) => problem !== null) ?? null;
  if (found === null) return steps;
  for (const [index, { value }] of steps.entries()) {
    const why = problems[index] ?? 'it belongs to a command that was left out';
    draft.lose(placeOf(value.line), `${key}: "${value.text}" was left out: ${why}`);
  }
  return [];
}

function convertPost(after: readonly Step[], context: StepContext): void {
  const { values, draft, placeOf } = context;
  const type = typeOf(values);
  const hook = type === 'oneshot' ? 'exited' : type === 'forking' || type.startsWith('notify') ? 'ready' : 'after';
  // Hooks get the pid of the main process in a variable of another name.
  const named = after.map((step) => ({
    ...step,
    words: step.words.map((word) => word.replace(/\$\{MAINPID\}|^\$MAINPID$/g, '${HEALER_PID}')),
  }));
  setHook(hook, commandOf(withoutExcuses(named), context, startTimeoutOf(values)), draft);
  for (const { prefixes, value } of after) {
    if (!prefixes.includes('-'))
      draft.note('minor', placeOf(value.line), 'ExecStartPost: if it fails, the program keeps running');
  }
}

function convertStop(context: StepContext): void {
  const { values, draft, placeOf } = context;
  const written = values.filter(({ key }) => key === 'ExecStop');
  const [first] = written;
  if (first === undefined) return;
  const place = placeOf(first.line);
  const signal = written.length === 1 ? signalSentBy(first.text) : null;
  if (signal !== null) {
    draft.extend('stop', { signal, target: 'main' });
    return;
  }
  if (typeOf(values) === 'oneshot') {
    draft.lose(place, 'ExecStop: a program that has exited is not stopped, so it does not run; set hooks.exited');
    return;
  }
  const steps = stepsOf('ExecStop', context);
  if (steps.length === 0) return;
  draft.extend('stop', { command: commandOf(withoutExcuses(steps), context, stopTimeoutOf(values)) });
  draft.note(
    'minor',
    place,
    'ExecStop: once it has succeeded, the program has the timeout of stop.command to exit; systemd signals it at once',
  );
}

function setHook(name: 'before' | 'after' | 'ready' | 'exited', command: Command, draft: ProgramDraft): void {
  draft.set({ hooks: { ...draft.spec.hooks, [name]: command } });
}

/** The prefix that ignores a failure makes no difference where failures have no effect. */
function withoutExcuses(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => ({ ...step, prefixes: step.prefixes.replaceAll('-', '') }));
}

/** Returns one command as it is, if that is possible, and others as a script. */
function commandOf(steps: readonly Step[], { env }: StepContext, timeoutMs: number): Command {
  const [only, ...others] = steps.flatMap(({ words, prefixes }) => commandsIn(words).map((one) => ({ one, prefixes })));
  if (only !== undefined && others.length === 0 && !only.prefixes.includes('-')) {
    const { command, args, shell } = fieldsOfWords(only.one, env, !only.prefixes.includes(':'));
    if (shell !== true) return { command, ...(args !== undefined && { args: [...args] }), timeoutMs };
    return { command: '/bin/sh', args: ['-c', command], timeoutMs };
  }
  const lines = [only, ...others].flatMap((step) => (step === undefined ? [] : lineOf(step.one, env, step.prefixes)));
  return { command: '/bin/sh', args: ['-c', lines.join(' && ')], timeoutMs };
}
