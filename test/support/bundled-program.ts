import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface BundledProgram extends AsyncDisposable {
  readonly path: string;
  /** The environment in which it finds the native package. */
  readonly env: Readonly<Record<string, string>>;
}

/** Bundles a program of test/fixtures/programs that imports healer's sources, so that Node can run it. */
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
    // CommonJS packages in the bundle load Node's own modules through `require`.
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
