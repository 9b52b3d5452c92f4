/**
 * Defines which code may import which. An area (a folder of src/) may import the areas that it `uses`. Within an area,
 * floors are listed from the ground up: a room (a folder) may import the rooms of the floors below it, and rooms on the
 * same floor may not import each other. The room '.' contains the files directly in the area's folder.
 * `npm run generate` writes this table to ARCHITECTURE.md.
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
      { suggestions: 'settings that fit what was observed' },
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
      },
      { 'import/draft': 'a program while it is being converted' },
      {
        'process-list': 'process_list.txt',
        yaml: 'healer.yaml',
        registry: 'what commands registered, and settings',
        alerts: 'the files that configure alerts',
        'import/pm2': 'PM2 ecosystem files',
        'import/supervisord': 'supervisord configuration',
        'import/process-compose': 'process-compose.yaml',
        'import/docker-compose': 'services of Docker Compose',
        'import/systemd': 'systemd units',
        'import/circus': 'circus.ini',
        'import/monit': 'monit control files',
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
        'logs/files': 'log files, FIFOs and messages that the engine and the log collector share',
        access: 'who makes a remote request, and what the caller may do; shared by every transport',
        core: 'the mailbox, the managed programs, and the ports through which decisions become effects',
      },
      {
        'alerts/delivery': 'the delivery worker, which sends alerts by mail, webhook and desktop notification',
        fleet: 'running the fleet agent, a process that connects this host to others',
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
  fleet: {
    is: 'many hosts on one bus, loaded on demand only',
    uses: ['base', 'protocol', 'client'],
    floors: [
      { contract: 'subjects, rows, facts, presence, selectors: pure' },
      { bus: 'connecting to the bus with a credential; the time of the hub' },
      { hub: 'keys, server configuration, permissions, streams, invitations' },
      {
        agent: 'the fleet agent, a process that connects a host to the bus',
        operator: 'watching hosts, and calling one or many of them',
      },
      { library: 'the published library for fleets' },
    ],
  },
  tui: {
    is: 'the terminal UI',
    uses: ['base', 'protocol', 'client', 'fleet'],
    floors: [
      { style: 'theme, glyphs, limits' },
      { terminal: 'the terminal: input, size, painting' },
      { state: 'the state of the screen' },
      { text: 'values as text', keys: 'key bindings and help' },
      { layout: 'the position and size of each part' },
      { store: 'the reducer and its selectors' },
      { commands: 'what keys and the palette do' },
      { lines: 'the lines of each view', 'engine-link': 'the connection to the engine' },
      { components: 'React components', speech: 'screen-reader mode' },
      { screens: 'whole screens', fleet: 'the screen with the hosts of a fleet' },
      { '.': 'start.ts, the entry point' },
    ],
  },
  cli: {
    is: 'the command line',
    uses: ['base', 'protocol', 'config', 'client', 'fleet', 'tui'],
    floors: [
      { output: 'tables, colors, JSON' },
      { command: 'what all commands share: context, options, values' },
      { engine: 'starting and stopping engines', completion: 'shell completion' },
      { boot: 'starting the engine at boot: systemd, OpenRC, launchd' },
      { report: 'results as sentences' },
      { definitions: 'changing definitions and source files' },
      { doctor: 'checking the installation' },
      { 'command-groups': 'the table of commands: help, arguments and options of each' },
      { commands: 'one file per command' },
      {
        program: 'the command line as commander parses it, and the code of each command',
        quick: 'the most frequent commands, without the parser',
      },
      { '.': 'main.ts, the entry point, and the whole command line' },
    ],
  },
};

/** Published files that an area may import although it may not import their area. */
const PUBLISHED = {
  // `healer detect` runs the detectors over a file; `healer config` and `healer doctor` warn about the whitelist. Neither
  // makes decisions about programs.
  cli: '^src/policy/(anomaly/index|remote-access/whitelist-warnings)\\.ts$',
  // The library finds the socket of an engine, and the registry without an engine, by the same rules as the command line.
  client: '^src/config/(instance/|sources/offline-registry\\.ts$)',
  // The library finds the credential of its user in the same folder as the command line.
  fleet: '^src/config/instance/',
};

/** Maps a package to the only place that may import it. */
const PORTS = {
  koffi: '^src/base/libc\\.ts$',
  re2js: '^src/base/linear-pattern\\.ts$',
  systeminformation: '^src/engine/sampling/system-information\\.ts$',
  pidusage: '^src/engine/sampling/process-usages\\.ts$',
  conf: '^src/config/registry/write-registry\\.ts$',
  croner: '^src/config/reading/cron\\.ts$',
  execa: '^src/engine/(sampling/process-listing|health/run-command|alerts/delivery/show-notification)\\.ts$',
  nodemailer: '^src/(engine/alerts/delivery/(compose-mail|smtp-dialog)|config/alerts/mail-addresses)\\.ts$',
  undici: '^src/engine/alerts/delivery/http-post\\.ts$',
  hono: '^src/engine/servers/http/app\\.ts$',
  '@hono/node-server': '^src/engine/servers/http/(app|api-server)\\.ts$',
  'prom-client': '^src/engine/servers/http/metrics\\.ts$',
  '@opentelemetry': '^src/engine/endpoints/otlp-exporter\\.ts$',
  yaml: '^src/config/',
  json5: '^src/config/import/pm2/load-ecosystem\\.ts$',
  dotenv: '^src/engine/launching/env-file\\.ts$',
  zod: '^src/(protocol|config|engine)/',
  picomatch: '^src/config/',
  commander: '^src/cli/',
  ink: '^src/tui/',
  'ink-table': '^src/tui/',
  react: '^src/tui/',
  '@nats-io': '^src/fleet/',
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

/** Returns a pattern for the files directly in a room; a folder within it is a separate room. */
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
    comment: `The package "${name}" may be imported in one place only.`,
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
      comment: 'Add a new folder to the table of floors first.',
      severity: 'error',
      from: { path: '^src/', pathNot: ROOMS },
      to: {},
    },
    ...Object.entries(PORTS).map(portRule),
    {
      name: 'no-cycles',
      comment: 'Modules that import each other cannot be understood separately.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'policy-is-pure',
      comment: 'Decisions perform no I/O: policy uses neither Node nor packages.',
      severity: 'error',
      from: { path: '^src/policy/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'tui-is-lazy',
      comment: 'Commands without a screen must not load React: cli imports the TUI on demand.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tui/' },
      to: { path: '^src/tui/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'fleet-is-lazy',
      comment:
        'Commands and screens for one machine must not load the NATS client: import the fleet on demand, apart from its contract.',
      severity: 'error',
      // The code of each command is itself loaded on demand.
      from: { path: '^src/(cli|tui|client)/', pathNot: '^src/cli/commands/fleet-[^/]+$' },
      to: { path: '^src/fleet/(?!contract/)', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'clients-carry-no-schemas',
      comment: 'These files load zod, which adds 20 ms to the start of a client: import only their types.',
      severity: 'error',
      from: { path: '^src/(client|cli|tui|policy|fleet)/' },
      to: {
        path: '^src/protocol/(methods/methods|process-spec|process-id-schema|event-kind-schema|definition|spec/(?!quantities)[^/]*)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'index-is-for-others',
      comment:
        'The entry point of the library loads all of it, with servers, discovery and HTTP: import the file that you need.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(client|fleet/library)/index\\.ts$' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'Published code may use only packages that are installed with it or bundled into it.',
      severity: 'error',
      // OpenTelemetry is bundled (43 KB, loaded on demand), so that users do not have to install it.
      from: { path: '^src/', pathNot: '^src/engine/endpoints/otlp-exporter\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count too: a folder that uses the types of another depends on it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

// Not enumerable, because dependency-cruiser rejects unknown options. The diagram in ARCHITECTURE.md is generated from it.
Object.defineProperty(module.exports, 'AREAS', { value: AREAS });
