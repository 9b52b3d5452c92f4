import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadLinks } from '../../scripts/release/links.mjs';
import { packRelease, type PackedRelease } from '../support/packed-release.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);
/** Sum of all files, in bytes. koffi adds 4 MB. */
const LARGEST = 8 * 2 ** 20;
const PACK_MS = 600_000;

let release: PackedRelease;
beforeAll(async () => {
  release = await packRelease();
}, PACK_MS);
afterAll(() => release.remove());

function files(): string[] {
  return readdirSync(release.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(release.folder.length + 1));
}

function read(path: string): string {
  return readFileSync(join(release.folder, path), 'utf8');
}

describe('the published manifest', () => {
  test('depends only on the package with native code, and runs no script', () => {
    const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: { koffi: string } };
    const { dependencies, scripts, devDependencies } = release.manifest;
    expect({ dependencies, scripts, devDependencies }).toEqual({ dependencies: { koffi: own.dependencies.koffi } });
  });

  test('names what a registry shows, and files that exist', () => {
    const { repository, bugs, keywords, os, engines, license, publishConfig } = release.manifest;
    expect({ repository, bugs, keywords, os, engines, license, publishConfig }).toMatchObject({
      repository: { type: 'git', url: expect.stringMatching(/^git\+https:.*\.git$/) as string },
      bugs: { url: expect.stringMatching(/\/issues$/) as string },
      keywords: expect.arrayContaining(['process-manager']) as string[],
      os: ['linux', 'darwin'],
      engines: { node: '>=20.19' },
      license: 'MIT',
      publishConfig: { provenance: true },
    });
    const present = files();
    const { bin, exports, man = [] } = release.manifest;
    const named = JSON.stringify([bin, exports, man]).match(/"(?:\.\/)?(dist|man|package)[^"]*"/g) ?? [];
    for (const path of named) expect(present).toContain(path.slice(1, -1).replace('./', ''));
    expect(man).toHaveLength(present.filter((path) => path.startsWith('man/')).length);
  });
});

describe('the published files', () => {
  test('are built into an empty folder, without source maps, and are small', () => {
    expect(files().filter((path) => /\.(map|tmp)$|^(src|test|scripts)\//.test(path))).toEqual([]);
    expect(files().reduce((sum, path) => sum + statSync(join(release.folder, path)).size, 0)).toBeLessThan(LARGEST);
  });

  test('import nothing but Node and the package with native code', () => {
    const imported = /\b(?:from|import|require\w*\(|import\()\s*"((?:@[\w.-]+\/)?[\w:][\w./-]*)"/g;
    const known = new Set(['koffi', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
    const others = files()
      .filter((path) => /^dist\/.*\.c?js$/.test(path))
      .flatMap((path) => [...read(path).matchAll(imported)].map(([, name = '']) => `${path}: ${name}`))
      .filter((line) => !known.has(line.split(': ')[1] ?? ''));
    // Packages try optional companions that healer does not use, and do without them; ajv writes code that nothing runs.
    expect(
      others.filter(
        (line) => !/: (bufferutil$|utf-8-validate$|react-devtools-core$|ajv(-formats)?\/dist\/)/.test(line),
      ),
    ).toEqual([]);
  });

  test('contain the license of every bundled package', () => {
    const text = read('dist/THIRD-PARTY-LICENSES.txt');
    for (const name of ['zod', 'ink', 'react', 'hono', 'nodemailer', 'undici', 're2js', '@opentelemetry/resources']) {
      expect(text).toMatch(new RegExp(`^${name} \\d[\\w.-]* \\(.*\\)$`, 'm'));
    }
    for (const phrase of ['Permission is hereby granted', 'Apache License']) expect(text).toContain(phrase);
  });

  test('have no dead link in a document', () => {
    for (const path of files().filter((name) => name.endsWith('.md'))) {
      expect(deadLinks(read(path), join(release.folder, path)), path).toEqual([]);
    }
  });
});

describe('a Node that is too old is refused in one sentence', () => {
  const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.18.9'}})`;
  const sentence =
    /^healer requires Node 20\.19 or later, but this is Node 20\.18\.9 \(\/.*\): install a newer one, .*\n$/;

  test.each(['cli.js', 'cli.cjs', 'engine.js', 'engine.cjs', 'keeper.js', 'courier.js', 'fleet-agent.js'])(
    'by %s',
    (name) => {
      const args = ['--import', old, join(release.folder, 'dist', name), 'up'];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect(stderr).toMatch(sentence);
      expect(status).toBe(1);
    },
  );

  test.each([
    ['healer', 'import'],
    ['healer', 'require'],
    ['healer/detectors', 'import'],
    ['healer/detectors', 'require'],
  ])('by %s through %s', (name, way) => {
    const file = join(release.project, way === 'import' ? 'old.mjs' : 'old.cjs');
    writeFileSync(file, way === 'import' ? `import '${name}';` : `require('${name}');`);
    const { status, stderr } = spawnSync(process.execPath, ['--import', old, file], { encoding: 'utf8' });
    expect(/Error: (.*\n)/.exec(stderr)?.[1] ?? stderr).toMatch(sentence);
    expect(status).toBe(1);
  });

  test('and every file that Node runs can be parsed by Node 14', () => {
    for (const name of ['cli.js', 'cli.cjs', 'engine.js', 'engine.cjs', 'keeper.js', 'courier.js', 'fleet-agent.js']) {
      expect(read(`dist/${name}`)).not.toMatch(/^import[ {*]|\bawait\b|=>|\?\.|\?\?|\b(?:let|const|class)\b|`/m);
    }
  });
});

test('the release runs without any other package', async () => {
  const env = { PATH: process.env['PATH'], HEALER_HOME: join(release.project, 'home'), HOME: release.project };
  const healer = async (...args: string[]): Promise<string> => {
    const cli = join(release.folder, 'dist/cli.js');
    return (await execute(process.execPath, [cli, ...args], { cwd: release.project, env })).stdout;
  };
  await healer('up', '--standalone');
  try {
    await healer('add', 'web', '--', 'sleep', '1000');
    await healer('update', 'web', '--memory', '100');
    expect(await healer('ls')).toMatch(/web +(running|starting)/);
    expect(await healer('logs', 'web', '--grep', 'a+')).toBe('');
  } finally {
    await healer('down');
  }
});

test('the library can be imported and required', async () => {
  writeFileSync(
    join(release.project, 'in.mjs'),
    `import { HealerClient } from 'healer'; console.log(typeof HealerClient);`,
  );
  writeFileSync(join(release.project, 'in.cjs'), `console.log(typeof require('healer').HealerClient);`);
  for (const name of ['in.mjs', 'in.cjs']) {
    const { stdout, stderr } = await execute(process.execPath, [join(release.project, name)]);
    expect({ stdout, stderr }).toEqual({ stdout: 'function\n', stderr: '' });
  }
});
