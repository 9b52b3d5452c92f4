import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { partsExpression } from './held-parts.mjs';

/** The only package that is installed beside healer: it contains native code. */
export const NATIVE_PACKAGE = 'koffi';

/** Ink loads its devtools in a debug mode that healer never enables; they would add a WebSocket server to the bundle. */
export const withoutInkDevtools = {
  name: 'without-ink-devtools',
  setup(hooks) {
    hooks.onResolve({ filter: /^\.\/devtools\.js$/ }, ({ path, resolveDir }) =>
      resolveDir.endsWith(join('node_modules', 'ink', 'build')) ? { path, namespace: 'empty' } : undefined,
    );
    hooks.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
  },
};

/** Resolves OpenTelemetry to its ES modules, which can be tree-shaken. The CommonJS modules that Node loads cannot (830 KB instead of 51 KB). */
export const opentelemetryInParts = {
  name: 'opentelemetry-in-parts',
  setup(hooks) {
    hooks.onResolve({ filter: /^@opentelemetry\/[^/]+$/ }, ({ path, resolveDir }) => {
      const whole = createRequire(join(resolveDir, 'any')).resolve(path);
      const inParts = whole.replace('/build/src/', '/build/esm/');
      return inParts === whole || !existsSync(inParts) ? undefined : { path: inParts, sideEffects: false };
    });
  },
};

/** The executable loads the command line from its own bundle. */
export const commandLineApart = {
  name: 'command-line-apart',
  setup(hooks) {
    hooks.onResolve({ filter: /\/command-line\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './command-line.js', external: true } : undefined,
    );
  },
};

const FOR_OTHERS = /\/(?:connect-remote|fleet-target|reconnecting-client)\.ts$/;

/**
 * Leaves out what only the command line uses, so that the quick commands are one file without chunks. They run for the local
 * engine only, so they never load these.
 */
export const quickCommandsAlone = {
  name: 'quick-commands-alone',
  setup(hooks) {
    hooks.onResolve({ filter: FOR_OTHERS }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './command-line.js', external: true } : undefined,
    );
  },
};

const REQUIRED = /createRequire\(import\.meta\.url\)\('([^']+)'\)/g;

/**
 * Code loads some packages synchronously, on first use, with `createRequire(import.meta.url)('NAME')`. In bundles it loads
 * them from files of their own, which `onPackage` receives the names of.
 */
export function packagesApart({ holds, onPackage }) {
  return {
    name: 'packages-apart',
    setup(hooks) {
      hooks.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (!text.includes('createRequire(import.meta.url)')) return undefined;
        const contents = text.replace(REQUIRED, (call, name) => {
          if (name === NATIVE_PACKAGE) return call;
          onPackage(name);
          const file = `./${fileNameOf(name)}`;
          return holds ? `${partsExpression}.require('${file}')` : `createRequire(import.meta.url)('${file}')`;
        });
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** Returns the file into which a package, or a module of one, is bundled. */
export function fileNameOf(name) {
  return `${name.split('/').at(-1)}.cjs`;
}
