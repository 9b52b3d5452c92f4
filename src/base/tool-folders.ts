import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** Folders of the operating system and of package managers; everything below them counts. */
const SYSTEM_FOLDERS =
  `/usr /bin /sbin /lib /lib32 /lib64 /libx32 /etc /boot /snap /nix /gnu /run/current-system /opt/homebrew
  /opt/local /home/linuxbrew/.linuxbrew /var/lib/flatpak /var/lib/snapd`.split(/\s+/);

/** Names of folders into which package and version managers install programs; everything below them counts. */
const INSTALLED = new Set(
  `node_modules site-packages dist-packages shims .rbenv .pyenv .nodenv .goenv .jenv .plenv .phpenv .asdf .nvm .volta .fnm
  .cargo .rustup .sdkman .rvm .conda .linuxbrew .bun .deno .juliaup .ghcup .opam .cabal .stack .nix-profile .pnpm
  .yarn`.split(/\s+/),
);
/** The same, for the last two names of a path. */
const INSTALLED_BELOW = new Set([
  '.local/bin',
  'go/bin',
  'vendor/bin',
  'mise/installs',
  '.composer/vendor',
  '.gem/ruby',
]);

/** What lies in the folder of a virtual environment or of a version manager: all files of one row. */
const MARKERS: readonly (readonly [string, ...string[]])[] = [
  ['virtual environment', 'pyvenv.cfg'],
  ['conda environment', 'conda-meta'],
  ['version manager folder', 'shims', 'versions'],
  ['version manager folder', 'shims', 'installs'],
];

/** A folder with one of these names that contains one of these programs is that of a language runtime. */
const PROGRAM_FOLDERS = new Set(['bin', 'sbin', 'libexec', 'Scripts', 'exe', '.bin']);
const RUNTIMES =
  `python python3 pypy3 node nodejs deno bun ruby perl php java lua guile erl julia Rscript bash sh dash zsh busybox pip pip3
  npm npx gem bundle conda`.split(/\s+/);

/**
 * Returns the folder with tools that a program lies in, in words such as `the system folder "/usr/bin"`; null if it lies in
 * none. These are the folders of the system, the given folders of PATH, virtual environments, and the folders of package and
 * version managers. They contain programs that were not chosen one by one, and many of them can execute others.
 * @param realPath an absolute path without symbolic links
 * @param searchPaths values of PATH, with folders separated by colons
 */
export function toolFolderOf(realPath: string, searchPaths: readonly string[]): string | null {
  const folder = dirname(realPath);
  const folders = ancestorsOf(folder);
  if (folders.some((each) => SYSTEM_FOLDERS.includes(each))) return `the system folder "${folder}"`;
  if (searchFolders(searchPaths).includes(folder)) return `"${folder}", which is on PATH`;
  for (const each of folders) {
    const [, parent = '', name = ''] = /([^/]*)\/([^/]*)$/.exec(each) ?? [];
    if (INSTALLED.has(name) || INSTALLED_BELOW.has(`${parent}/${name}`)) return `the package folder "${each}"`;
    const marker = MARKERS.find(([, ...files]) => files.every((file) => existsSync(join(each, file))));
    if (marker !== undefined) return `the ${marker[0]} "${each}"`;
  }
  const isRuntime =
    PROGRAM_FOLDERS.has(folder.split('/').at(-1) ?? '') && RUNTIMES.some((name) => existsSync(join(folder, name)));
  return isRuntime ? `"${folder}", which contains a language runtime or a shell` : null;
}

/** Returns the system folders with programs and the folders of PATH, with and without symbolic links. */
export function knownToolFolders(searchPaths: readonly string[]): readonly string[] {
  return [...new Set(['/usr/bin', '/usr/sbin', '/usr/local/bin', ...searchFolders(searchPaths)])];
}

function searchFolders(searchPaths: readonly string[]): readonly string[] {
  const folders = searchPaths.flatMap((path) => path.split(':')).filter(isAbsolute);
  return folders.flatMap((folder) => [join(folder, '.').replace(/(?<=.)\/$/, ''), withoutLinks(folder)]);
}

function withoutLinks(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

function ancestorsOf(folder: string): readonly string[] {
  return folder === '/' || folder === '.' ? [folder] : [folder, ...ancestorsOf(dirname(folder))];
}
