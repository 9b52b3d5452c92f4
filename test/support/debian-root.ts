import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireTool } from './require-tool.ts';

/** What Node needs in addition to Debian's essential packages. */
const FOR_NODE = ['libstdc++6', 'ca-certificates'];
const MERGED = ['bin', 'sbin', 'lib', 'lib64'];
const USERS =
  'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n';
const GROUPS = 'root:x:0:\nnode:x:1000:\nnogroup:x:65534:\n';

/** Fills a folder with Debian's essential packages as installed on this machine, Node and npm: like `node:22-bookworm-slim`. */
export function createSlimRoot(root: string): void {
  requireTool('dpkg-query');
  createBareRoot(root);
  const packages = closureOf([...essentialPackages(), ...FOR_NODE]);
  const files = execFileSync('dpkg-query', ['--listfiles', ...packages], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    .split('\n')
    .filter((path) => path.startsWith('/') && !/^\/usr\/share\/(?:doc|man|locale|info)\//.test(path));
  const copied = [...new Set(files)].filter((path) => existsSync(path)).join('\0');
  // The paths of files may lead through the links of the merged /usr.
  execFileSync(
    'sh',
    [
      '-c',
      'tar --create --no-recursion --null --files-from=- --exclude=/dev | tar --extract --keep-directory-symlink -C "$1"',
      'sh',
      root,
    ],
    { input: copied, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' },
  );
  installNode(join(root, 'usr/local/bin/node'));
  cpSync(npmFolder(), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
}

/** Fills a folder with Node and the libraries that it loads, and nothing else: like `gcr.io/distroless/nodejs22-debian12`. */
export function createDistrolessRoot(root: string): void {
  createBareRoot(root);
  installNode(join(root, 'nodejs/bin/node'));
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
  // Names that are looked up, and users, through files that the C library loads on demand.
  for (const library of libraries) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
}

function createBareRoot(root: string): void {
  for (const name of ['usr', 'etc', 'tmp', 'proc', 'dev', 'root', 'home/node', 'var/lib', 'run']) {
    mkdirSync(join(root, name), { recursive: true });
  }
  for (const name of MERGED) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  writeFileSync(join(root, 'etc/passwd'), USERS);
  writeFileSync(join(root, 'etc/group'), GROUPS);
}

function installNode(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  cpSync(realpathSync(process.execPath), path);
}

/** npm lies beside Node, or where the command leads. */
function npmFolder(): string {
  const npm = realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim());
  return dirname(dirname(npm));
}

function essentialPackages(): string[] {
  return dpkg('${Package} ${Essential}\n').flatMap((line) => (line.endsWith(' yes') ? [line.split(' ')[0] ?? ''] : []));
}

/** Returns the installed packages that some packages need, these included. */
function closureOf(names: readonly string[]): string[] {
  const needs = new Map(
    dpkg('${Package}\t${Pre-Depends}, ${Depends}\n').map((line) => {
      const [name = '', depends = ''] = line.split('\t');
      return [name, depends.split(/[,|]/).map((each) => /[a-z\d.+-]+/.exec(each)?.[0] ?? '')] as const;
    }),
  );
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name) || !needs.has(name)) return;
    found.add(name);
    needs.get(name)?.forEach(visit);
  };
  names.forEach(visit);
  return [...found];
}

function dpkg(format: string): string[] {
  return execFileSync('dpkg-query', ['--show', `--showformat=${format}`], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line !== '');
}
