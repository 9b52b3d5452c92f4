/**
 * Entry points of one group share chunks. If the command line shared chunks with the engine, the engine would consist of
 * forty small ones, and each takes Node about half a millisecond at every start. For the same reason, the executable is a
 * group of its own, in one file: it contains the most frequent commands, and loads the command line for all others. The fleet agent shares
 * nothing, so that the engine contains nothing of the bus.
 *
 * Processes of a group that `holds` its parts run on while their files are replaced: see held-parts.mjs. What an entry point that
 * a group `joins` loads at its start is in one file, whose compiled form can be kept: see start-code.mjs.
 */
export const ENTRY_GROUPS = [
  { entries: { cli: 'src/cli/main.ts' }, isQuick: true, joins: ['cli'] },
  {
    entries: {
      'command-line': 'src/cli/command-line.ts',
      'tui-main': 'src/cli/tui-main.ts',
      client: 'src/client/index.ts',
      fleet: 'src/fleet/library/index.ts',
      detectors: 'src/policy/anomaly/index.ts',
    },
    isLibrary: true,
  },
  {
    entries: {
      engine: 'src/engine/main.ts',
      courier: 'src/engine/alerts/delivery/main.ts',
    },
    holds: true,
    joins: ['engine'],
  },
  { entries: { 'start-code': 'src/base/start-code.ts' }, isCommonJs: true },
  { entries: { keeper: 'src/engine/logs/collector/main.ts' }, joins: ['keeper'] },
  { entries: { 'fleet-agent': 'src/fleet/agent/main.ts' }, holds: true },
];

/**
 * Files that Node runs. Each first checks the version of Node, and then loads the bundle of the same name with "-main".
 *
 * The log collector and the delivery worker keep the file names `keeper.js` and `courier.js`, because a running engine of the
 * previous version starts them from here.
 */
export const PROGRAMS = ['cli', 'engine', 'keeper', 'courier', 'fleet-agent'];

/** A command line that is run by a bundle of its own, which needs neither the quick commands nor the parser. */
export const OWN_BUNDLES = { cli: { tui: 'tui-main' } };

/** Programs whose bundle is evaluated by start-code.cjs. */
export const COMPILED_PROGRAMS = ['cli', 'engine', 'keeper'];

/**
 * Programs that are also CommonJS modules, which Node starts faster. The ES modules stay for what names them: service files, and
 * engines and watchers that were started from an earlier version.
 */
export const COMMONJS_PROGRAMS = ['cli', 'engine'];

/** Names that may be imported from a program, in addition to running it. */
export const PROGRAM_EXPORTS = { engine: ['runEngine'] };

/** Entry points of the library, which programs import. */
export const LIBRARIES = ['client', 'fleet', 'detectors'];

/** Returns the name of the bundle of an entry point, without extension. */
export function bundleNameOf(entry) {
  return PROGRAMS.includes(entry) ? `${entry}-main` : entry;
}
