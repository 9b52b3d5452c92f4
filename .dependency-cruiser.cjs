/**
 * The direction table of the architecture as rules: who may import whom. Each folder names what it may use of ours;
 * all else of ours is an error. Third-party packages live behind one port, so each has its place here too.
 */
const FOLDERS = {
  base: [],
  protocol: [],
  policy: ['base', 'protocol'],
  config: ['base', 'protocol'],
  engine: ['base', 'protocol', 'policy', 'config'],
  client: ['base', 'protocol'],
  tui: ['base', 'protocol', 'client'],
  cli: ['base', 'protocol', 'config', 'client', 'tui'],
};

/** What the engine is made of; its other folders, and the files at its top, join them. */
const ENGINE_PARTS = ['os', 'sampling', 'health', 'logs', 'store', 'alerts', 'servers', 'telemetry', 'watcher'];

/** Files of a folder that others may use all the same, since they are published as they are. */
const PUBLISHED = {
  // `healer detect` runs the detectors over a file; it decides nothing about programs.
  cli: '^src/policy/anomaly/index\\.ts$',
  // Where an engine's socket is, the library finds by the same rules as the command line.
  client: '^src/config/paths\\.ts$',
};

/** Package → the only place that may import it. */
const PORTS = {
  koffi: '^src/base/libc\\.ts$',
  systeminformation: '^src/engine/sampling/system-information\\.ts$',
  pidusage: '^src/engine/sampling/process-usages\\.ts$',
  conf: '^src/config/registry/write-registry\\.ts$',
  croner: '^src/config/cron\\.ts$',
  execa: '^src/engine/(sampling/process-listing|health/exec-probe|alerts/courier/show-notification)\\.ts$',
  nodemailer: '^src/engine/alerts/courier/send-mail\\.ts$',
  hono: '^src/engine/servers/http/app\\.ts$',
  '@hono/node-server': '^src/engine/servers/http/(app|api-server)\\.ts$',
  'prom-client': '^src/engine/servers/http/metrics\\.ts$',
  '@opentelemetry': '^src/engine/telemetry/otlp-exporter\\.ts$',
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

function directionRule([folder, allowed]) {
  return {
    name: `direction-of-${folder}`,
    comment: `src/${folder} may use ${allowed.join(', ') || 'nothing'} of ours.`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: {
      path: '^src/',
      pathNot: [`^src/(${[folder, ...allowed].join('|')})/`, ...(folder in PUBLISHED ? [PUBLISHED[folder]] : [])],
    },
  };
}

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
    ...Object.entries(FOLDERS).map(directionRule),
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
      name: 'engine-parts-stay-apart',
      comment: "The engine's parts know neither each other nor those who join them.",
      severity: 'error',
      from: { path: `^src/engine/(${ENGINE_PARTS.join('|')})/` },
      to: { path: '^src/engine/', pathNot: '^src/engine/$1/' },
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
        path: '^src/protocol/(methods|process-spec|process-id-schema|event-kind-schema|definition|spec/.*)\\.ts$',
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
      from: { path: '^src/', pathNot: '^src/engine/telemetry/otlp-exporter\\.ts$' },
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
