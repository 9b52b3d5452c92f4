import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { codeOf } from '../../base/thrown.ts';

/** How a service manager starts healer, even after Node or healer was upgraded. */
export interface Launch {
  readonly node: string;
  readonly cli: string;
  /** The installed versions of Node to choose from, if no path outlives the upgrade of Node; otherwise null. */
  readonly versions: NodeVersions | null;
}

/** Versions of Node side by side, as nvm, volta, asdf and mise install them. */
export interface NodeVersions {
  /** The folder that contains one folder for each version. */
  readonly folder: string;
  /** The name of the folder of the version in use. */
  readonly current: string;
  /** The path of Node in the folder of a version. */
  readonly node: string;
  /** The path of the command line in the folder of a version, or an absolute path outside. */
  readonly cli: string;
}

/** What the search for lasting paths reads. */
export interface LaunchSearch {
  /** The executable of Node and the script of the command line, without symbolic links. */
  readonly node: string;
  readonly cli: string;
  /** The command line as it was called. */
  readonly calledAs: string;
  /** The folders in which commands are searched. */
  readonly searchPath: string;
  /** Returns a path without symbolic links; null if it does not exist. */
  readonly realPath: (path: string) => string | null;
}

/** A name with a version, such as `v20.19.0`, `node-v20.19.0-linux-x64` or `healer@1.2.3`. */
const VERSION = /(?:^|[^\d.])v?\d+\.\d+/;
/** Folders that disappear: of a shell, a cache, a build. */
const TEMPORARY = /\/(?:fnm_multishells|_npx|dlx(?:-[^/]*)?|node-gyp-bin|\.bin)(?:\/|$)|^\/(?:proc|tmp|var\/tmp)\//;
const STORED_BY_HASH = /^\/(?:nix|gnu)\/store\//;
const REVISION = /^\/snap\/[^/]+\/\d+\//;

/** Paths that managers keep for what is in use, beside those with a version. */
const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/\/node-versions\/[^/]+\/installation\//, '/aliases/default/'],
  [/\/versions\/node\/[^/]+\//, '/current/'],
  [/^(\/snap\/[^/]+)\/\d+\//, '$1/current/'],
  [/\/node_modules\/\.pnpm\/[^/]+\/node_modules\//, '/node_modules/'],
  [/\/\.pnpm\/[^/]+\/node_modules\//, '/node_modules/'],
];

/** Returns whether healer runs from a cache, such as that of `npx`, which may be emptied at any time. */
export function isInCache(cli: string): boolean {
  return /\/(?:_npx|dlx(?:-[^/]*)?)\//.test(cli);
}

/** Returns whether a folder exists only as long as a shell or a cache. */
export function isTemporaryFolder(folder: string): boolean {
  return TEMPORARY.test(folder);
}

/** Returns how to start healer by paths that outlive upgrades of Node and of healer. */
export function launchOf(search: LaunchSearch): Launch {
  const node = lastingPath(search.node, namesOnPath('node', search), search) ?? search.node;
  const cli = lastingPath(search.cli, [search.calledAs, ...namesOnPath('healer', search)], search) ?? search.cli;
  return { node, cli, versions: isLasting(node) ? null : versionsOf(node, cli) };
}

function namesOnPath(name: string, { searchPath }: LaunchSearch): string[] {
  return searchPath.split(delimiter).map((folder) => join(folder, name));
}

/** Returns the first path that leads to a file and has neither a version nor a temporary folder in it; null if there is none. */
function lastingPath(real: string, known: readonly string[], { realPath }: LaunchSearch): string | null {
  const aliases = ALIASES.filter(([from]) => from.test(real)).map(([from, to]) => real.replace(from, to));
  const found = [real, ...known, ...aliases].find((path) => isLasting(path) && realPath(path) === real);
  return found ?? null;
}

function isLasting(path: string): boolean {
  const isGone = [STORED_BY_HASH, REVISION, TEMPORARY].some((pattern) => pattern.test(path));
  return path.startsWith('/') && !isGone && versionAt(path) === -1;
}

/** Returns the index of the first folder of a path that has a version in its name; -1 if there is none. */
function versionAt(path: string): number {
  return dirname(path)
    .split('/')
    .findIndex((name) => VERSION.test(name));
}

function versionsOf(node: string, cli: string): NodeVersions | null {
  const at = versionAt(node);
  if (at === -1 || STORED_BY_HASH.test(node)) return null;
  const parts = node.split('/');
  const folder = parts.slice(0, at).join('/');
  const current = parts[at] ?? '';
  const own = `${folder}/${current}/`;
  return {
    folder,
    current,
    node: parts.slice(at + 1).join('/'),
    cli: cli.startsWith(own) ? cli.slice(own.length) : cli,
  };
}

/**
 * Runs healer with the version of Node in use, or else with the newest one for which healer is installed. Its arguments: the
 * four facts of `NodeVersions`, then those of Node and healer with a `--` between them.
 */
const FIND_NODE = [
  'base=$1 now=$2 node=$3 cli=$4; shift 4',
  'options=; while [ "$1" != -- ]; do options="$options $1"; shift; done; shift',
  'for version in "$now" $(ls "$base" | sort -rV); do n=$base/$version/$node',
  'case $cli in /*) c=$cli;; *) c=$base/$version/$cli;; esac',
  'if [ -x "$n" ] && [ -e "$c" ]; then PATH=${n%/*}:$PATH; export PATH; exec "$n" $options "$c" "$@"; fi; done',
  'echo "healer: no version of Node in $base has healer; install healer for one of them" >&2; exit 127',
].join('; ');

/** Returns the words of a command that runs healer. */
export function launchWords(
  { node, cli, versions }: Launch,
  nodeOptions: readonly string[],
  args: readonly string[],
): readonly string[] {
  if (versions === null) return [node, ...nodeOptions, cli, ...args];
  const facts = [versions.folder, versions.current, versions.node, versions.cli];
  return ['/bin/sh', '-c', FIND_NODE, 'healer', ...facts, ...nodeOptions, '--', ...args];
}

/** Returns a path without symbolic links; null if it does not exist or cannot be read. */
export function realPathOrNull(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return null;
  }
}
