/**
 * The floors of the house: which code may import which. An area (a folder of src/) may import the areas that it `uses`.
 * Within an area, floors are listed from the ground up: a room (a folder) may import the rooms of the floors below it,
 * and rooms on the same floor do not know each other. The room '.' holds the files directly in the area's folder.
 * ARCHITECTURE.md shows this table; `npm run generate` writes it there.
 */
const AREAS = {
  base: {
    is: 'helpers that would make sense in any project',
    uses: [],
    floors: [{ '.': 'helpers' }],
  },
  protocol: {
    is: 'the wire contract: method table, schemas, errors, framing',
    uses: [],
    floors: [
      { spec: 'the parts of a program definition' },
      { '.': 'program definition, states, events, errors, framing' },
      { results: 'what the methods return' },
      { methods: 'the table of methods and their HTTP routes' },
    ],
  },
  policy: {
    is: 'decisions, pure: no I/O, no clock, no randomness',
    uses: ['base', 'protocol'],
    floors: [
      {
        '.': 'restart, cooldown, limits, health, zombies, orphans',
        alerts: 'which events become alerts, and when',
        anomaly: 'the detectors',
        'remote-access': 'who may do what over the network',
      },
      { lifecycle: 'the state machine of a program' },
    ],
  },
  config: {
    is: 'sources of program definitions, settings, paths',
    uses: ['base', 'protocol'],
    floors: [
      {
        instance: 'paths of an instance and how its engine is started',
        reading: 'reading definitions from text, with problems located by line and column',
        'import/draft': 'a program while it is being converted',
      },
      {
        'process-list': 'process_list.txt',
        yaml: 'healer.yaml',
        registry: 'what commands registered, and settings',
        alerts: 'the files that configure alerts',
        'import/pm2': 'PM2 ecosystem files',
        'import/supervisord': 'supervisord configuration',
      },
      { sources: 'all sources merged into programs', import: 'converting the files of other managers' },
    ],
  },
  engine: {
    is: 'effects: processes, files, sockets',
    uses: ['base', 'protocol', 'policy', 'config'],
    floors: [
      {
        os: 'processes and system calls: spawn, signal, reap, cgroups, users, desktop sessions',
        sampling: 'CPU and memory of processes and of the host',
        health: 'probes: HTTP, TCP, command',
        store: 'files that hold state, events, cooldowns and locks',
        alerts: 'the alert queue on disk and the channels',
        'alerts/delivery': 'the delivery worker, which sends alerts by mail, webhook and desktop notification',
        'logs/files': 'log files, FIFOs and messages that the engine and the log collector share',
        access: 'who is calling from remote, and what the caller may do; shared by every transport',
        core: 'the mailbox, the managed programs, and the ports through which decisions become effects',
      },
      {
        logs: 'log transport as the engine sees it: pipes, readers, followers',
        'logs/collector': 'the log collector, a process that moves program output into log files',
        records: 'recording events and state changes',
        operations: 'start, stop, restart and the other operations on programs; shutdown',
        launching: 'from a program definition to a running process',
        servers: 'sessions and streams over the Unix socket',
      },
      {
        definitions: 'applying definitions: sources, boot, schedules',
        'servers/http': 'the HTTP API: routes, TLS, server-sent events',
      },
      {
        watches: 'observing programs: usage, anomalies, health, zombies, orphans',
        runs: 'a run from spawn to exit',
      },
      {
        requests: 'one handler for each method',
        assembly: 'wiring the parts into a running engine',
      },
      { peer: 'the second engine that watches this one' },
      { endpoints: 'opening the socket, the HTTP API, metrics and telemetry' },
      { '.': 'main.ts, the entry point' },
    ],
  },
  client: {
    is: 'attaching to an engine, and staying attached',
    uses: ['base', 'protocol'],
    floors: [
      { connection: 'one connection: requests, streams, errors' },
      { attach: 'reconnecting and resuming', remote: 'the HTTP transport and discovery' },
      { '.': 'the published library' },
    ],
  },
  tui: {
    is: 'the terminal UI',
    uses: ['base', 'protocol', 'client'],
    floors: [
      { style: 'theme, glyphs, limits' },
      { terminal: 'the terminal: input, size, painting' },
      { state: 'the state of the screen' },
      { text: 'values as text', keys: 'key bindings and help' },
      { layout: 'where everything is' },
      { store: 'the reducer and its selectors' },
      { commands: 'what keys and the palette do' },
      { lines: 'the lines of each view', 'engine-link': 'the connection to the engine' },
      { components: 'React components', speech: 'screen-reader mode' },
      { screens: 'whole screens' },
      { '.': 'start.ts, the entry point' },
    ],
  },
  cli: {
    is: 'the command line',
    uses: ['base', 'protocol', 'config', 'client', 'tui'],
    floors: [
      { output: 'tables, colors, JSON' },
      { command: 'what all commands share: context, options, values' },
      { engine: 'starting and ending engines', completion: 'shell completion' },
      { report: 'results as sentences' },
      { definitions: 'changing definitions and source files' },
      { doctor: 'checking the installation' },
      { commands: 'one file a command' },
      { 'command-groups': 'the table of commands and their help' },
      { '.': 'main.ts, the entry point' },
    ],
  },
};

/** Files of a folder that others may use all the same, since they are published as they are. */
const PUBLISHED = {
  // `healer detect` runs the detectors over a file; it decides nothing about programs.
  cli: '^src/policy/anomaly/index\\.ts$',
  // Where an engine's socket is, the library finds by the same rules as the command line.
  client: '^src/config/instance/',
};

/** Package → the only place that may import it. */
const PORTS = {
  koffi: '^src/base/libc\\.ts$',
  systeminformation: '^src/engine/sampling/system-information\\.ts$',
  pidusage: '^src/engine/sampling/process-usages\\.ts$',
  conf: '^src/config/registry/write-registry\\.ts$',
  croner: '^src/config/reading/cron\\.ts$',
  execa: '^src/engine/(sampling/process-listing|health/exec-probe|alerts/delivery/show-notification)\\.ts$',
  nodemailer: '^src/engine/alerts/delivery/send-mail\\.ts$',
  hono: '^src/engine/servers/http/app\\.ts$',
  '@hono/node-server': '^src/engine/servers/http/(app|api-server)\\.ts$',
  'prom-client': '^src/engine/servers/http/metrics\\.ts$',
  '@opentelemetry': '^src/engine/endpoints/otlp-exporter\\.ts$',
  yaml: '^src/config/',
  dotenv: '^src/engine/launching/env-file\\.ts$',
  zod: '^src/(protocol|config|engine)/',
  picomatch: '^src/config/',
  commander: '^src/cli/',
  ink: '^src/tui/',
  'ink-table': '^src/tui/',
  react: '^src/tui/',
  'string-width': '^src/base/display-width\\.ts$',
};

function areaRule([area, { uses }]) {
  return {
    name: `area-${area}`,
    comment: `src/${area} may import ${uses.join(', ') || 'no other area'}.`,
    severity: 'error',
    from: { path: `^src/${area}/` },
    to: {
      path: '^src/',
      pathNot: [`^src/(${[area, ...uses].join('|')})/`, ...(area in PUBLISHED ? [PUBLISHED[area]] : [])],
    },
  };
}

/** A pattern of the files directly in a room; a folder within it is a room of its own. */
function filesOf(area, room) {
  return room === '.' ? `^src/${area}/[^/]+$` : `^src/${area}/${room}/[^/]+$`;
}

function roomRules([area, { floors }]) {
  return floors.flatMap((floor, level) =>
    Object.keys(floor).map((room) => {
      const below = floors.slice(0, level).flatMap(Object.keys);
      return {
        name: `room-${area}/${room}`,
        comment: `src/${area}/${room} may import ${below.join(', ') || 'no other room'} of src/${area}.`,
        severity: 'error',
        from: { path: filesOf(area, room) },
        to: { path: `^src/${area}/`, pathNot: [room, ...below].map((name) => filesOf(area, name)) },
      };
    }),
  );
}

const ROOMS = Object.entries(AREAS).flatMap(([area, { floors }]) =>
  floors.flatMap(Object.keys).map((room) => filesOf(area, room)),
);

function portRule([name, place]) {
  return {
    name: `port-of-${name}`,
    comment: `The package "${name}" lives behind one port.`,
    severity: 'error',
    from: { path: '^src/', pathNot: place },
    to: { path: `(^|/)node_modules/${name}/` },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(AREAS).map(areaRule),
    ...Object.entries(AREAS).flatMap(roomRules),
    {
      name: 'every-file-has-a-room',
      comment: 'A new folder gets its place in the table of floors first.',
      severity: 'error',
      from: { path: '^src/', pathNot: ROOMS },
      to: {},
    },
    ...Object.entries(PORTS).map(portRule),
    {
      name: 'no-cycles',
      comment: 'What imports each other cannot be read apart.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'policy-is-pure',
      comment: 'Decisions do no I/O: policy uses neither Node nor packages.',
      severity: 'error',
      from: { path: '^src/policy/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'tui-is-lazy',
      comment: 'A command that shows no screen does not pay for React: cli imports the TUI when it is asked for.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tui/' },
      to: { path: '^src/tui/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'clients-carry-no-schemas',
      comment: 'These files bring zod, 20 ms of start-up that no client needs: import their types only.',
      severity: 'error',
      from: { path: '^src/(client|cli|tui|policy)/' },
      to: {
        path: '^src/protocol/(methods/methods|process-spec|process-id-schema|event-kind-schema|definition|spec/.*)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'index-is-for-others',
      comment: 'The published face of the library brings all of it: servers, discovery, HTTP. We import what we use.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/client/index\\.ts$' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'What ships may use only what is installed with it, or what the build puts into it.',
      severity: 'error',
      // OpenTelemetry is bundled (43 KB, loaded on demand): nobody has to install what few want.
      from: { path: '^src/', pathNot: '^src/engine/endpoints/otlp-exporter\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count too: a folder that knows another's types depends on it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

// Not enumerable: dependency-cruiser refuses options that it does not know. The diagram in ARCHITECTURE.md is drawn from it.
Object.defineProperty(module.exports, 'AREAS', { value: AREAS });
