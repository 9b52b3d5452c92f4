/**
 * Bundles the declarations of the library into one file for each entry point, which needs nothing but declarations beside it: a
 * program that uses the library may have neither zod nor the types of Node. `node scripts/build-types.mjs [FOLDER]`, default dist/.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const ENTRIES = { client: 'client/index', fleet: 'fleet/library/index', detectors: 'policy/anomaly/index' };
/** Types such as AsyncDisposable, for programs whose target is older. */
const LIBRARIES = '/// <reference lib="esnext.disposable" />\n';

const target = resolve(process.argv[2] ?? join(ROOT, 'dist'));
// In the repository, so that the packages of declarations are found.
const folder = mkdtempSync(join(ROOT, 'types-'));
try {
  execFileSync(process.execPath, [TSC, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', folder], {
    stdio: 'inherit',
  });
  await bundle(Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(folder, `${path}.d.ts`)])));
} finally {
  rmSync(folder, { recursive: true });
}

/** What several entry points declare is in files of its own. */
async function bundle(input) {
  const build = await rollup({
    input,
    external: /^node:/,
    plugins: [dts({ respectExternal: true, tsconfig: join(ROOT, 'tsconfig.build.json') })],
  });
  const { output } = await build.generate({
    format: 'es',
    entryFileNames: '[name].d.cts',
    chunkFileNames: 'types-[hash].d.cts',
  });
  for (const { fileName, code } of output) writeFileSync(join(target, fileName), `${LIBRARIES}${withImports(code)}`);
  for (const name of Object.keys(input)) {
    // ES modules may import the declarations of CommonJS modules, but not the other way around.
    writeFileSync(join(target, `${name}.d.ts`), `${LIBRARIES}export * from './${name}.cjs';\n`);
  }
}

/** Declarations import others under the names of the modules that they declare. */
function withImports(code) {
  return code.replace(/^\/\/\/ *<reference[^\n]*\n/gm, '').replace(/(from '\.\/types-[^']+?)\.d\.cts'/g, "$1.cjs'");
}
