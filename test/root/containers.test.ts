import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Container, giveTo } from '../support/container.ts';
import { blocksOf } from '../support/documents.ts';
import { buildImage, createVolume, type Image } from '../support/image.ts';
import { serveNpmRegistry } from '../support/npm-registry.ts';
import { packRelease } from '../support/packed-release.ts';
import { waitFor } from '../support/wait-for.ts';

const BUILD_MS = 300_000;
const STATE = '/var/lib/healer';

/** The files that the document shows, by the name in their first line. */
const FILES = new Map(blocksOf('docs/containers.md').map(({ text }) => [/^# (\S+)\n/.exec(text)?.[1] ?? '', text]));

const WEB = `import { createServer } from 'node:http';
process.on('SIGTERM', () => { console.log('web got SIGTERM'); process.exit(0); });
createServer((_, response) => response.end('ok')).listen(8080, '127.0.0.1', () => console.log('web listens'));
`;
const WORKER =
  'trap "echo worker got SIGTERM; exit 0" TERM\n(sleep 0.1; :) &\necho worker works >&2\nwhile :; do sleep 0.2; done\n';

const work = mkdtempSync(join(tmpdir(), 'healer-image-'));
const context = join(work, 'context');
const images = new Map<string, Image>();

beforeAll(async () => {
  mkdirSync(join(context, 'app'), { recursive: true });
  for (const name of ['healer.yaml', 'minimal.yaml']) writeFileSync(join(context, name), FILES.get(name) ?? '');
  writeFileSync(join(context, 'app/web.js'), WEB);
  writeFileSync(join(context, 'app/package.json'), '{"type":"module"}');
  writeFileSync(join(context, 'app/worker.sh'), WORKER);
  const release = await packRelease();
  const modules = join(release.project, 'node_modules');
  const natives = readdirSync(join(modules, '@koromix')).map((name) => `@koromix/${name}`);
  await using registry = await serveNpmRegistry(modules, ['healer', 'koffi', ...natives]);
  for (const name of ['Dockerfile', 'Dockerfile.minimal']) {
    const folder = join(work, name);
    mkdirSync(folder);
    const env = { npm_config_registry: registry.url };
    images.set(name, await buildImage(FILES.get(name) ?? '', { context, work: folder, env }));
  }
  await release.remove();
}, BUILD_MS);
afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

/** Starts a container with a new volume for the state. */
function start(name: string, user?: string): Container {
  const image = images.get(name);
  if (image === undefined) throw new Error(`no image ${name}`);
  const volume = mkdtempSync(join(work, 'volume-'));
  createVolume(image, STATE, join(volume, 'state'));
  if (user !== undefined) giveTo(user, join(volume, 'state'));
  return new Container(image, { ...(user !== undefined && { user }), volumes: { [STATE]: join(volume, 'state') } });
}

describe.each([
  ['Dockerfile', undefined],
  ['Dockerfile', '12345:0'],
  ['Dockerfile.minimal', undefined],
  ['Dockerfile.minimal', '12345:12345'],
])('%s with the user %s and a read-only root', (name, user) => {
  test('prints the output of programs, answers the health check, and stops them on SIGTERM', async () => {
    await using container = start(name, user);
    await waitFor(() => /^web \| web listens$/m.test(container.output), 'the output of web').catch((cause: unknown) => {
      throw new Error(container.output, { cause });
    });
    const image = images.get(name);
    const check = await container.run(image?.healthCheck ?? []);
    expect(check, check.stderr).toMatchObject({ code: 0 });
    if (name === 'Dockerfile') {
      await waitFor(() => container.output.includes('worker | worker works'), 'the output of the worker');
      const listed = await container.run(['healer', 'ls']);
      expect(listed.stdout).toMatch(/^web +running/m);
      expect((await container.run(['sh', '-c', 'echo x >/srv/x'])).stderr).toMatch(/read-only/i);
      expect((await container.run(['healer', 'stop', 'worker'])).code).toBe(0);
      expect((await container.run(image?.healthCheck ?? [])).code).toBe(1);
      expect((await container.run(['healer', 'start', 'worker'])).code).toBe(0);
    }
    await container.signal('SIGTERM');
    expect(await container.exit).toEqual([0, null]);
    expect(container.output).toContain('web | web got SIGTERM');
  });
});
