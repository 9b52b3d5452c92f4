/** Where a field of another program manager belongs: the path of ours, or what to do instead. */
interface Familiar {
  /** The path of our field, such as `limits.memoryMb`. */
  readonly path?: string;
  /** A value that shows its form, where the value of the other field has another form or meaning. */
  readonly example?: string;
  /** What to write for certain values of the other field. */
  readonly examples?: Readonly<Record<string, string>>;
  /** A sentence, where no field takes the value. */
  readonly instead?: string;
}

/** Names of PM2, supervisord, Docker Compose, systemd, process-compose and others, in lower case without separators. */
const AT_ROOT: Readonly<Record<string, Familiar>> = {
  ...each(['memory', 'mem', 'memorylimit', 'memlimit', 'maxmemory', 'maxmemoryrestart', 'memorymax', 'memorymb'], {
    path: 'limits.memoryMb',
  }),
  ...each(['cpu', 'cpulimit', 'maxcpu', 'cpupercent'], { path: 'limits.cpuPercent' }),
  cpus: { path: 'limits.cpuPercent', example: '150' },
  cpuquota: { path: 'limits.cpuPercent' },
  ...each(['script', 'cmd', 'exec', 'execstart', 'program', 'run', 'executable', 'binary', 'entrypoint'], {
    path: 'command',
  }),
  ...each(['arguments', 'params', 'argv'], { path: 'args' }),
  ...each(['directory', 'dir', 'workdir', 'workingdir', 'workingdirectory', 'chdir', 'path'], { path: 'cwd' }),
  ...each(['environment', 'environments', 'envs', 'envvars', 'vars'], {
    path: 'env',
    example: '{ NAME: value }',
  }),
  ...each(['dotenv', 'environmentfile', 'envfiles', 'envpath'], { path: 'envFile' }),
  autorestart: { path: 'restart.policy', example: 'always', examples: { false: 'never', unexpected: 'on-failure' } },
  ...each(['restartpolicy', 'availability'], { path: 'restart.policy', example: 'on-failure' }),
  ...each(['maxrestarts', 'startretries', 'retries', 'maxretries', 'attempts', 'maxattempts'], {
    path: 'restart.maxAttempts',
  }),
  ...each(['restartdelay', 'expbackoffrestartdelay', 'restartsec', 'backoff', 'backoffms'], {
    path: 'restart.backoffMs',
    example: '[1s, 5s]',
  }),
  ...each(['stopexitcodes', 'exitcodes', 'successexitstatus', 'successexitcodes'], {
    path: 'restart.successExitCodes',
    example: '[0, 2]',
  }),
  cooldown: { path: 'restart.cooldown', example: '{ restarts: 5, windowMs: 1m }' },
  ...each(['numprocs', 'replicas', 'scale', 'processes', 'workers'], { path: 'instances' }),
  ...each(['killtimeout', 'stopwaitsecs', 'stoptimeout', 'stopgraceperiod', 'timeoutstopsec', 'graceperiod'], {
    path: 'stop.gracefulTimeoutMs',
    example: '10s',
  }),
  ...each(['stopsignal', 'killsignal'], { path: 'stop.signal', example: 'SIGINT' }),
  ...each(['reloadsignal'], { path: 'reload.signal', example: 'SIGUSR1' }),
  ...each(['healthcheck', 'livenessprobe', 'readinessprobe', 'probe', 'check'], {
    path: 'health',
    example: '{ check: { type: http, url: "http://127.0.0.1:8080/health" } }',
  }),
  ...each(['after', 'requires', 'dependencies', 'needs', 'deps'], { path: 'dependsOn', example: '[db]' }),
  ...each(['cron', 'cronrestart', 'crontab', 'oncalendar'], { path: 'schedule', example: '"0 4 * * *"' }),
  ...each(['uid', 'username', 'runas'], { path: 'user' }),
  gid: { path: 'group' },
  ...each(['startsecs', 'minuptime'], { path: 'startSeconds', example: '5' }),
  ...each(['namespace', 'group', 'tags', 'labels'], { path: 'groups', example: '[site]' }),
  ...each(['title', 'label', 'displayname', 'processname'], { path: 'name' }),
  ...each(['ulimits', 'limitnofile', 'rlimit'], { path: 'rlimits', example: '{ nofile: 65536 }' }),
  ...each(['niceness', 'priority'], { path: 'nice', example: '10' }),
  ...each(['disabled', 'active'], { path: 'enabled', example: 'false' }),
  ...each(['stdoutlogfile', 'stderrlogfile', 'outfile', 'errorfile', 'logfile', 'output', 'log', 'stdout', 'stderr'], {
    instead: 'healer writes both streams to logs/<id>/current.log; "logs" sets their size and number',
  }),
  redirectstderr: { instead: 'each line of the log keeps its stream, so remove it' },
  logdateformat: { instead: 'each line of the log has its time, so remove it' },
  ...each(['interpreter', 'execinterpreter', 'nodeargs', 'interpreterargs'], {
    instead: 'write the interpreter as command, and its options and the script in args',
  }),
  execmode: { instead: 'there is no cluster mode; "instances" starts several processes' },
  ...each(['watch', 'ignorewatch', 'watchoptions'], { instead: 'programs are not restarted when files change' }),
  ...each(['image', 'build', 'volumes', 'ports', 'networks', 'containername'], {
    instead: 'healer runs processes, not containers',
  }),
  alias: { instead: 'the id is the key of the program' },
  waitready: { path: 'ready', example: '{ message: ready }' },
  ...each(['listentimeout', 'timeoutstartsec', 'starttimeout'], {
    path: 'ready',
    example: '{ log: listening, timeoutMs: 10s }',
  }),
  ...each(['readylogline', 'readyoutput'], { path: 'ready.log' }),
  ...each(['watchdogsec', 'watchdog'], { path: 'watchdogMs', example: '30s' }),
  ...each(['listenstream', 'socket', 'listen', 'port'], { path: 'sockets', example: '[{ listen: "127.0.0.1:8080" }]' }),
  isdaemon: { path: 'type', example: 'forking' },
  ...each(['execstartpre', 'prestart', 'beforestart'], { path: 'hooks.before', example: './prepare.sh' }),
  ...each(['execstartpost', 'poststart', 'afterstart'], { path: 'hooks.after', example: './announce.sh' }),
  ...each(['execstoppost', 'onstop'], { path: 'hooks.stopped', example: './clean-up.sh' }),
  ...each(['onfailure', 'onfail'], { path: 'hooks.failed', example: './page-me.sh' }),
  ...each(['oncrash', 'onexit'], { path: 'hooks.crashed', example: './page-me.sh' }),
  execstop: { path: 'stop.command', example: '{ command: ./stop.sh }' },
  ...each(['shutdown', 'stopcommand'], { path: 'stop', example: '{ signal: SIGINT, gracefulTimeoutMs: 10s }' }),
  execreload: { path: 'reload.signal', example: 'SIGHUP' },
  ...each(['stopasgroup', 'killasgroup', 'treekill', 'killmode'], { path: 'stop.target', example: 'group' }),
  ...each(['runtimemaxsec', 'maxruntime', 'timeout'], { path: 'maxRuntimeMs', example: '30m' }),
  timezone: { path: 'scheduling.timeZone' },
  ...each(['startlimitburst', 'startlimitintervalsec'], {
    path: 'restart.cooldown',
    example: '{ restarts: 5, windowMs: 1m }',
  }),
};

/** Names within a map of ours. */
const WITHIN: Readonly<Record<string, Readonly<Record<string, Familiar>>>> = {
  limits: {
    ...each(['memory', 'mem', 'memorylimit', 'maxmemory', 'ram'], { path: 'memoryMb' }),
    ...each(['cpu', 'cpulimit', 'cpus', 'percent'], { path: 'cpuPercent' }),
    ...each(['nofile', 'nproc', 'core'], { instead: 'write it under rlimits' }),
  },
  restart: {
    ...each(['max', 'retries', 'maxretries', 'attempts', 'maxrestarts', 'limit'], { path: 'maxAttempts' }),
    ...each(['delay', 'backoff', 'delayms', 'backoffseconds'], { path: 'backoffMs', example: '[1s, 5s]' }),
    ...each(['condition', 'mode', 'when'], { path: 'policy', example: 'on-failure' }),
  },
  stop: {
    ...each(['timeout', 'timeoutms', 'grace', 'graceperiod', 'wait'], { path: 'gracefulTimeoutMs', example: '10s' }),
  },
  health: {
    ...each(['tls', 'insecure', 'verify', 'tlsverify'], {
      path: 'check',
      example: '{ type: http, url: …, tlsVerify: false }',
    }),
    ...each(['interval', 'period', 'periodseconds', 'every'], { path: 'intervalMs', example: '3s' }),
    ...each(['timeout', 'timeoutseconds'], { path: 'timeoutMs', example: '2s' }),
    ...each(['successthreshold'], { path: 'successesRequired' }),
    ...each(['retries', 'failurethreshold'], { path: 'consecutiveFailuresRequired' }),
    ...each(['url', 'http', 'httpget', 'tcp', 'exec', 'test', 'command', 'port'], {
      path: 'check',
      example: '{ type: http, url: "http://127.0.0.1:8080/health" }',
    }),
    ...each(['startperiod', 'initialdelayseconds', 'initialdelay'], {
      path: 'startupCheck.initialDelayMs',
      example: '5s',
    }),
  },
  hooks: {
    ...each(['oncrash', 'crash', 'onexit'], { path: 'crashed' }),
    ...each(['onfail', 'onfailure', 'fail'], { path: 'failed' }),
    ...each(['onready', 'onstart', 'started', 'poststart'], { path: 'ready' }),
    ...each(['onstop', 'stop', 'poststop'], { path: 'stopped' }),
    ...each(['onrestart', 'restart', 'onretry'], { path: 'restarted' }),
    ...each(['prestart', 'pre', 'beforestart'], { path: 'before' }),
    ...each(['post', 'afterstart'], { path: 'after' }),
  },
  ready: {
    ...each(['timeout', 'timeoutsec'], { path: 'timeoutMs', example: '10s' }),
    ...each(['delay', 'after'], { path: 'delayMs', example: '2s' }),
    ...each(['line', 'pattern', 'regex', 'output'], { path: 'log' }),
    ...each(['sdnotify', 'systemd'], { path: 'notify', example: 'true' }),
    ...each(['http', 'tcp', 'port', 'cmd', 'exec'], { path: 'health', example: 'true' }),
  },
  reload: {
    ...each(['command', 'cmd'], { instead: 'a reload sends a signal, or starts a new run: write strategy: overlap' }),
  },
  logs: {
    ...each(['maxsize', 'size', 'maxbytes', 'rotate'], { path: 'maxSizeMb', example: '10M' }),
    ...each(['backups', 'retain', 'files', 'maxfiles'], { path: 'keep', example: '5' }),
  },
};

/** Names of the map that holds the programs in files of other managers. */
const PROGRAM_MAPS: ReadonlySet<string> = new Set([
  'apps',
  'services',
  'programs',
  'program',
  'procs',
  'tasks',
  'jobs',
  'version',
  'daemons',
]);

function each(names: readonly string[], familiar: Familiar): Record<string, Familiar> {
  return Object.fromEntries(names.map((name) => [name, familiar]));
}

/**
 * Returns what to write instead of a field that another program manager has; null if it is not known.
 * @param parent the name of the map of ours that contains it; null for a field of a program
 * @param value the value as one line of YAML; null if it has another form
 */
export function familiarHint(name: string, parent: string | null, value: string | null): string | null {
  const table = parent === null ? AT_ROOT : WITHIN[parent];
  const familiar = table?.[name.toLowerCase().replaceAll(/[-_ ]/g, '')];
  if (familiar === undefined) return null;
  const { path, example, examples = {}, instead } = familiar;
  if (path === undefined) return instead ?? null;
  const meant = value !== null && Object.hasOwn(examples, value) ? examples[value] : undefined;
  const shown = meant ?? example ?? value ?? '…';
  const [outer = '', inner] = path.split('.');
  return inner === undefined ? `write ${outer}: ${shown}` : `write ${outer}: { ${inner}: ${shown} }`;
}

/** Returns the hint for a field at the top of a file in the format of another manager; null if it is not known. */
export function familiarTopHint(name: string): string | null {
  return PROGRAM_MAPS.has(name.toLowerCase())
    ? 'define programs under processes; "healer import" converts files of other program managers'
    : null;
}
