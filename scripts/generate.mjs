/** Writes the files that are generated from the code. A test fails if one of them is stale. */
import { build } from 'esbuild';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
// In the repository, so that packages are resolved from there.
const BUNDLE = join(ROOT, `generate.${String(process.pid)}.tmp.mjs`);

try {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['scripts/generated-files.ts'],
    outfile: BUNDLE,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  const { generatedFiles } = await import(pathToFileURL(BUNDLE).href);
  for (const [path, content] of await generatedFiles(ROOT)) await writeFile(join(ROOT, path), content);
} finally {
  await rm(BUNDLE, { force: true });
}
