import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A registry on this machine with some installed packages, so that npm needs no network. */
export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
}

/** Serves packages that are installed in a folder such as `node_modules`, each in its one version. */
export async function serveNpmRegistry(folder: string, names: readonly string[]): Promise<NpmRegistry> {
  const packages = new Map(names.map((name) => [name, pack(join(folder, name))]));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const tarball = packages.get(path.replace(/\/-\/package\.tgz$/, ''));
    if (tarball === undefined) response.writeHead(404).end('{}');
    else if (path.endsWith('.tgz')) response.end(tarball);
    else response.end(packument(join(folder, path), `${url}/${path}/-/package.tgz`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Returns a tarball as npm publishes it: everything is below `package`. */
function pack(folder: string): Buffer {
  return execFileSync('tar', ['--create', '--gzip', '--transform=s,^\\.,package,', '.'], {
    cwd: folder,
    maxBuffer: 2 ** 28,
  });
}

function packument(folder: string, tarball: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
  const { name, version } = manifest;
  return JSON.stringify({
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist: { tarball } } },
  });
}
