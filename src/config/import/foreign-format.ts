import { basename } from 'node:path';

/** The kinds of files that can be imported. */
export const IMPORT_KINDS = [
  ...(['procfile', 'pm2', 'supervisord', 'mprocs', 'process-compose', 'docker-compose'] as const),
  ...(['systemd', 'circus', 'monit'] as const),
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** A format of another program manager. */
export interface ForeignFormat {
  /** With an article, such as "a monit configuration". */
  readonly name: string;
  /** The kind that imports it; null if there is none. */
  readonly kind: ImportKind | null;
  /** What to do with a file that cannot be imported; empty for others. */
  readonly advice: string;
}

interface KnownFormat extends ForeignFormat {
  readonly fileName: RegExp | null;
  readonly content: RegExp | null;
}

const IN_CONTAINERS =
  'its services run in containers, which healer does not start; keep it, or add their commands with "healer add ID -- COMMAND"';
const BY_HAND = 'add its programs with "healer add ID -- COMMAND", or write them into healer.yaml';
const SERVICES_ONLY = 'healer imports services; import the .service file that belongs to it';
const SCRIPT = 'it is a program that runs in the foreground; add it with "healer add ID -- ./run"';

const AT_ITS_HOST = 'its programs run at a hosting provider; add their commands with "healer add ID -- COMMAND"';
const TASKS = 'it starts tasks; add those that keep running with "healer add ID -- COMMAND"';
const INIT_SCRIPT =
  'it is a script of the init system; add the program that it starts, in the foreground, with "healer add ID -- COMMAND"';

/** Unlike a healer.yaml, which also has `processes`. */
const PROCESS_COMPOSE =
  /^processes:\s*$[^]*^\s+(?:depends_on|availability|readiness_probe|liveness_probe|working_dir|is_daemon|log_location|shutdown|environment):|^version:[^]*^processes:\s*$/m;

/** The first match counts, so formats with unmistakable names and contents come first. */
const FORMATS: readonly KnownFormat[] = [
  known('pm2', 'a PM2 file', /^(?:ecosystem|pm2)[\w.-]*\.(?:[cm]?[jt]s|json5?|ya?ml)$|^dump\.pm2(?:\.bak)?$/i, null),
  known('procfile', 'a Procfile', /^procfile\b(?!.*\.(?:rb|py|js|ts|go|md|rs|erb|j2)$)|\bprocfile$/i, null),
  known('systemd', 'a systemd unit', /\.(?:service|timer)$/, /^\[(?:Service|Timer)\]\s*$/m),
  unsupported('a systemd unit', /\.(?:socket|path|target|mount|automount|slice|scope|swap)$/, null, SERVICES_ONLY),
  known(
    'supervisord',
    'a supervisord configuration',
    /^supervisord?\b.*\.(?:conf|ini)$/i,
    /^\[(?:program:|supervisord\])/m,
  ),
  unsupported('a layer of Pebble', null, /^services:\s*$[^]*^\s+override:\s*(?:replace|merge)\s*$/m, BY_HAND),
  unsupported('a blueprint of Render', /^render\.ya?ml$/i, /^services:\s*\n\s*-\s+type:\s*\S/m, AT_ITS_HOST),
  known('process-compose', 'a process-compose file', /^process-compose[\w.-]*\.ya?ml$/i, PROCESS_COMPOSE),
  known('docker-compose', 'a Docker Compose file', /^(?:docker-)?compose[\w.-]*\.ya?ml$/i, /^services:\s*$/m),
  unsupported('a job of Nomad', /\.nomad(?:\.hcl)?$/i, /^job\s+"[^"]*"\s*\{/m, IN_CONTAINERS),
  unsupported('a configuration of Fly.io', /^fly\.toml$/i, null, AT_ITS_HOST),
  unsupported('a configuration of Railway', /^railway\.(?:toml|json)$/i, null, AT_ITS_HOST),
  unsupported(
    'an app manifest of Heroku',
    null,
    /^\s*\{[^]*"(?:buildpacks|formation)"\s*:/,
    'import the Procfile beside it',
  ),
  unsupported('a Helm chart', /^Chart\.ya?ml$/i, null, IN_CONTAINERS),
  unsupported('a configuration of Skaffold or Tilt', /^(?:skaffold\.ya?ml|tiltfile)$/i, null, IN_CONTAINERS),
  unsupported('a Kubernetes manifest', null, /^apiVersion:\s*\S[^]*^kind:\s*\S/m, IN_CONTAINERS),
  known('mprocs', 'an mprocs file', /^mprocs[\w.-]*\.(?:ya?ml|json)$/i, /^procs:\s*$|^\s*\{\s*"procs"\s*:/m),
  unsupported('a configuration of mprocs in Lua', /^mprocs\.lua$/i, null, BY_HAND),
  known('circus', 'a circus configuration', /^circus[\w.-]*\.(?:ini|conf|cfg)$/i, /^\[watcher:/m),
  known(
    'monit',
    'a monit configuration',
    /^monitrc\b|\.monitrc?$|^monit[\w-]*\.(?:conf|cfg)$/i,
    /^\s*check\s+(?:process|system|host|program|file|filesystem|directory|network)\s/im,
  ),
  unsupported('a god configuration', /\.god$/i, /^\s*God\.watch\b/m, BY_HAND),
  unsupported('an eye configuration', /\.eye$/i, /^\s*Eye\.application\b/m, BY_HAND),
  unsupported('a bluepill configuration', /\.pill$/i, /^\s*Bluepill\.application\b/m, BY_HAND),
  unsupported(
    'a uWSGI configuration',
    /^uwsgi[\w.-]*\.ini$/i,
    /^\[uwsgi\]/m,
    'add uWSGI with "healer add ID -- uwsgi --ini FILE"',
  ),
  unsupported('a pitchfork configuration', /^pitchfork[\w.-]*\.toml$/i, /^\[daemons\./m, BY_HAND),
  unsupported(
    'a nodemon configuration',
    /^nodemon\.json$/i,
    null,
    'add its script with "healer add ID -- node SCRIPT"',
  ),
  unsupported('a list of forever', /^forever[\w.-]*\.json$/i, null, BY_HAND),
  unsupported(
    'a package.json',
    /^package\.json$/,
    null,
    'add one of its scripts with "healer add ID -- npm run SCRIPT"',
  ),
  unsupported('a launchd property list', /\.plist$/i, /<!DOCTYPE plist|<plist\b/, BY_HAND),
  unsupported('a service of WinSW', null, /<service>[^]*<executable>/, 'healer does not run on Windows'),
  unsupported('a script of OpenRC', null, /^#!.*\bopenrc-run\b|^#!\/sbin\/runscript\b/, INIT_SCRIPT),
  unsupported('a script of System V init', null, /^### BEGIN INIT INFO/m, INIT_SCRIPT),
  unsupported('a service of dinit', null, /^type\s*=\s*(?:process|bgprocess|scripted)\s*$/m, BY_HAND),
  unsupported('a service directory of s6-rc', null, /^(?:longrun|oneshot|bundle)\s*$/, SCRIPT),
  unsupported(
    'a list of tasks',
    /^(?:(?:gnu)?makefile|justfile|taskfile\.ya?ml|gruntfile\.js|gulpfile\.js)$/i,
    null,
    TASKS,
  ),
  unsupported('a run script of runit, s6 or daemontools', /^run$/, null, SCRIPT),
  unsupported('an Upstart job', null, /^(?:start on|respawn)\b/m, BY_HAND),
  unsupported('a Dockerfile', /^(?:docker|container)file\b/i, null, IN_CONTAINERS),
  unsupported('an env file', /^\.env\b|\.env$/i, null, 'name it in the field "envFile" of a program'),
  unsupported(
    'a crontab',
    /^crontab$/i,
    null,
    'write its commands into healer.yaml with "schedule" and "restart: never"',
  ),
  unsupported(
    'a file of healer',
    /^(?:healer\.ya?ml|process_list\.txt)$/i,
    null,
    'it needs no import: healer up -f FILE',
  ),
];

/** Returns the format that the name of a file stands for; null if the name says nothing. */
export function formatOfName(file: string): ForeignFormat | null {
  const name = basename(file);
  return FORMATS.find(({ fileName }) => fileName?.test(name) === true) ?? null;
}

/** Returns the format of another program manager that a text has; null for any other text. */
export function formatOfText(text: string): ForeignFormat | null {
  return FORMATS.find(({ content }) => content?.test(text) === true) ?? null;
}

function known(kind: ImportKind, name: string, fileName: RegExp | null, content: RegExp | null): KnownFormat {
  return { kind, name, fileName, content, advice: '' };
}

function unsupported(name: string, fileName: RegExp | null, content: RegExp | null, advice: string): KnownFormat {
  return { kind: null, name, fileName, content, advice };
}
