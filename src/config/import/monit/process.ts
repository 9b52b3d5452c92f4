import { groupNameSchema } from '../../../protocol/process-id-schema.ts';
import type { SpecDraft } from '../draft/imported.ts';
import { ProgramDraft } from '../draft/program-draft.ts';
import { signalOf } from '../draft/signal-of.ts';
import { convertCondition } from './condition.ts';
import type { ProcessContext } from './process-context.ts';
import { hasServiceManager, readProgram } from './start-program.ts';
import type { MonitService, Statement } from './statements.ts';

/** Converts a service of the kind "process". monit starts it again however it ended. */
export function convertProcess({ name, check, statements }: MonitService, context: ProcessContext): ProgramDraft {
  const draft = new ProgramDraft(name);
  const [, pidFile] = /\bpidfile\s+["']?([^"'\s]+)["']?/i.exec(check.text) ?? [];
  // What monit starts moves itself to the background: monit finds it by its pid file or its command line.
  draft.set({ type: 'forking', ...(pidFile !== undefined && { pidFile }), restart: { policy: 'always' } });
  const start = statements.find(({ text }) => /^start\b/i.test(text));
  if (start === undefined) draft.problem = 'it has no start program: monit only watches it';
  else setStart(start, context.placeOf(start), draft);
  for (const statement of statements) convertStatement(statement, context, draft);
  return draft;
}

/** How long healer looks for the main process of a program that moves itself to the background, in ms. */
const SEARCH_MS = 60_000;

function setStart(start: Statement, place: string, draft: ProgramDraft): void {
  const { line, user, group, fields, timeoutMs, problem } = readProgram(start.text);
  if (problem !== null) draft.problem = `start program: ${problem}`;
  else if (hasServiceManager(line))
    draft.problem = `a service manager starts it ("${line}"); import what that runs, such as a unit of systemd`;
  if (timeoutMs > SEARCH_MS) {
    const seconds = String(timeoutMs / 1000);
    draft.lose(place, `start program: a timeout of ${seconds} s; healer looks for the main process for 60 s`);
  }
  draft.set({ ...fields, ...(user !== null && { user }), ...(group !== null && { group }) });
}

function convertStatement(statement: Statement, context: ProcessContext, draft: ProgramDraft): void {
  const { text } = statement;
  const place = context.placeOf(statement);
  const [word = ''] = /^\w+/.exec(text) ?? [];
  switch (word.toLowerCase()) {
    case 'start':
      return;
    case 'stop':
      convertStop(text, place, draft);
      return;
    case 'restart':
      draft.lose(place, 'restart program: healer stops the program and starts it again');
      return;
    case 'if':
      convertCondition(statement, context, draft);
      return;
    case 'depends':
      for (const name of namesIn(text.replace(/^depends\s+(?:on\s+)?/i, '')))
        draft.needs.push({ name, condition: 'started', place });
      return;
    case 'group':
      addGroup(text.replace(/^group\s+/i, '').replaceAll(/["']/g, ''), place, draft);
      return;
    case 'mode':
      convertMode(text, draft);
      return;
    case 'onreboot':
      if (/nostart|laststate/i.test(text))
        draft.lose(place, 'onreboot: programs start with the engine; set "autostart: false"');
      return;
    case 'alert':
    case 'noalert':
      draft.note('minor', place, 'alerts are configured separately; "healer test-email" names the file');
      return;
    default:
      draft.lose(place, `"${text}" has no equivalent; it was left out`);
  }
}

/** Often the stop program only sends a signal to the pid in the pid file. */
function convertStop(text: string, place: string, draft: ProgramDraft): void {
  const { line, fields, timeoutMs, problem } = readProgram(text);
  const [, signal] = /\bkill\s+(?:-s\s+|-(?:SIG)?)?(\w+)?\s*["']?[`$]\(?\s*(?:\/bin\/)?cat\b/.exec(line) ?? [];
  const isKill = /\bkill\b[^;|&]*[`$]\(?\s*(?:\/bin\/)?cat\b[^;|&]*$/.test(line);
  const name = signalOf(signal ?? 'TERM');
  if (isKill && name !== null) draft.extend('stop', { signal: name });
  else if (problem !== null) draft.lose(place, `stop program: ${problem}`);
  else draft.extend('stop', { command: stopCommandOf(fields, timeoutMs) });
  if (!isKill && /\bkillall\b|\bpkill\b/.test(line))
    draft.note('minor', place, `stop program: "${line}" is run as it is, and ends every process of that name`);
}

function stopCommandOf({ command, args, shell }: SpecDraft, timeoutMs: number): StopCommand {
  if (shell === true) return { command: '/bin/sh', args: ['-c', command], timeoutMs };
  return { command, ...(args !== undefined && { args: [...args] }), timeoutMs };
}

type StopCommand = Exclude<NonNullable<NonNullable<SpecDraft['stop']>['command']>, string>;

function namesIn(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((name) => name.replaceAll(/["']/g, ''))
    .filter((name) => name !== '' && name !== 'and');
}

function addGroup(name: string, place: string, draft: ProgramDraft): void {
  if (groupNameSchema.safeParse(name).success) draft.set({ groups: [...(draft.spec.groups ?? []), name] });
  else draft.lose(place, `"${name}" cannot be the name of a group`);
}

function convertMode(text: string, draft: ProgramDraft): void {
  if (/\bmanual\b/i.test(text)) draft.set({ autostart: false });
  if (/\bpassive\b/i.test(text)) draft.set({ healing: 'observe' });
}
