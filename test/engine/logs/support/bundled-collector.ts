import { build } from 'esbuild';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export interface BundledCollector extends AsyncDisposable {
  readonly path: string;
  /** A program that runs another one like an engine, to be killed. */
  readonly enginePath: string;
}

/** Bundles the log collector like a release, in a folder from which its native package can be resolved. */
export async function bundleCollector(): Promise<BundledCollector> {
  const cache = join(ROOT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'healer-keeper-'));
  await build({
    entryPoints: {
      collector: join(ROOT, 'src/engine/logs/collector/main.ts'),
      engine: join(ROOT, 'test/fixtures/mortal-engine.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['koffi'],
    logLevel: 'error',
  });
  return {
    path: join(folder, 'collector.mjs'),
    enginePath: join(folder, 'engine.mjs'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
