import { build } from 'esbuild';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BundledTui extends AsyncDisposable {
  /** Returns the command line that runs the terminal UI with these options. */
  command(options: Readonly<Record<string, unknown>>): readonly string[];
}

/** Bundles the terminal UI as in a release: React in production mode, split into a fast start and the remaining code. */
export async function bundleTui(): Promise<BundledTui> {
  // In the project, so that external packages are resolved from there.
  const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'healer-tui-'));
  await build({
    entryPoints: [fileURLToPath(new URL('../fixtures/tui-entry.ts', import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': 'undefined' },
    banner: {
      js: 'import{createRequire as createRequireForBundle}from"node:module";const require=createRequireForBundle(import.meta.url);',
    },
    plugins: [
      {
        name: 'without-react-devtools',
        setup(hooks) {
          hooks.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'stub' }));
          hooks.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export default {};' }));
        },
      },
    ],
    logLevel: 'error',
  });
  return {
    command: (options) => [process.execPath, join(folder, 'tui-entry.mjs'), JSON.stringify(options)],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
