import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface BundledProgram extends AsyncDisposable {
  readonly path: string;
  /** What it needs in its environment to find the native package. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a program of test/fixtures/programs that uses healer's own sources runnable by Node. */
export async function bundleProgram(name: string): Promise<BundledProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'healer-program-'));
  const path = join(folder, 'program.mjs');
  await build({
    entryPoints: [join(ROOT, 'test/fixtures/programs', name)],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['koffi'],
    // CommonJS packages inside ask for Node's own modules through `require`.
    banner: {
      js: 'import{createRequire as createRequireForBundle}from"node:module";const require=createRequireForBundle(import.meta.url);',
    },
    logLevel: 'error',
  });
  return {
    path,
    env: { NODE_PATH: join(ROOT, 'node_modules') },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
