import { ENGINE_NODE_OPTIONS } from '../../config/instance/engine-arguments.ts';
import { assignmentsIn, type BootFacts, type InstalledFacts, lines, OPEN_FILES, STOP_SECONDS } from './boot-facts.ts';
import { launchWords } from './launch.ts';

/** Returns the name of an instance's service. */
export function serviceName(instance: string): string {
  return instance === 'default' ? 'healer' : `healer.${instance}`;
}

/**
 * Returns an OpenRC service script, see openrc-run(8) and supervise-daemon-guide. OpenRC evaluates most variables once more
 * when it starts the command, so these are quoted twice. Programs keep running if the engine dies: only the process that
 * supervise-daemon started gets a signal, and the next engine adopts them.
 */
export function openrcScript(facts: BootFacts, mark: string): string {
  const { instance, launch, workingDirectory, environment, engineLog, userName } = facts;
  const [command = '', ...words] = launchWords(launch, ENGINE_NODE_OPTIONS, [
    ...['up', '--foreground'],
    ...['--instance', instance],
  ]);
  return lines(
    '#!/sbin/openrc-run',
    mark,
    `name=${quote(`healer (instance ${instance})`)}`,
    "description='Keeps programs alive'",
    "supervisor='supervise-daemon'",
    `command=${quoteTwice(command)}`,
    `command_args=${quote(words.map(quote).join(' '))}`,
    `command_user=${quote(userName)}`,
    `directory=${quoteTwice(workingDirectory)}`,
    `output_log=${quoteTwice(engineLog)}`,
    `error_log=${quoteTwice(engineLog)}`,
    'respawn_delay=1',
    'respawn_max=0',
    `retry='TERM/${STOP_SECONDS}/KILL/5'`,
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`),
    '',
    'depend() {',
    '\tneed localmount',
    '\tuse net logger',
    '\tafter firewall',
    '}',
    '',
    '# A container may not be allowed to raise the limit, which must not prevent the start.',
    'start_pre() {',
    `\tulimit -n ${OPEN_FILES} 2>/dev/null || :`,
    '}',
  );
}

/** Returns a word for the shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function quoteTwice(text: string): string {
  return quote(/^[\w/.:@=-]+$/.test(text) ? text : quote(text));
}

function unquote(word: string): string {
  return word.replaceAll(String.raw`'\''`, "'");
}

/** Reads what a script that healer wrote says. */
export function readScript(script: string): InstalledFacts {
  const valueOf = (name: string): string | null => {
    const value = new RegExp(`^${name}='(.*)'$`, 'm').exec(script)?.[1];
    return value === undefined ? null : unquote(value);
  };
  return {
    environment: assignmentsIn(script, /^export (\w+)='((?:[^']|'\\'')*)'$/gm, unquote),
    workingDirectory: valueOf('directory')?.replace(/^'(.*)'$/, (_, inner: string) => unquote(inner)) ?? null,
    userName: valueOf('command_user'),
  };
}
