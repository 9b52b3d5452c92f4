import { transform } from 'esbuild';
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

/**
 * Modules of packages that cannot be tree-shaken, reduced to what healer uses. The tests of the bundles show when something is
 * missing.
 */
const REDUCED = [
  {
    // Without fetch, WebSocket, caches, interceptors and mocks.
    filter: /[\\/]node_modules[\\/]undici[\\/]index\.js$/,
    contents: [
      "Object.assign(require('./lib/dispatcher/dispatcher').prototype, require('./lib/api'));",
      "exports.Agent = require('./lib/dispatcher/agent');",
      "exports.ProxyAgent = require('./lib/dispatcher/proxy-agent');",
    ],
  },
  {
    // It belongs to fetch, and is loaded for forms and other bodies that healer never sends.
    filter: /[\\/]node_modules[\\/]undici[\\/]lib[\\/]web[\\/]fetch[\\/]body\.js$/,
    contents: ["exports.extractBody = () => { throw new TypeError('this kind of body is not supported'); };"],
  },
  {
    // Without hardware, networks, Docker, printers and others.
    filter: /[\\/]node_modules[\\/]systeminformation[\\/]lib[\\/]index\.js$/,
    contents: [
      "exports.mem = require('./memory').mem;",
      "exports.fsSize = require('./filesystem').fsSize;",
      "exports.osInfo = require('./osinfo').osInfo;",
    ],
  },
  {
    // The same package needs MAC addresses for an id of the machine only.
    filter: /[\\/]node_modules[\\/]systeminformation[\\/]lib[\\/]network\.js$/,
    contents: ['exports.getMacAddresses = () => ({});'],
  },
  {
    // `conf` validates and migrates on request only: healer validates itself.
    filter: /[\\/]node_modules[\\/]ajv[\\/]dist[\\/]2020\.js$/,
    contents: ["exports.Ajv2020 = class { constructor() { throw new TypeError('schemas are not supported'); } };"],
  },
  {
    filter: /[\\/]node_modules[\\/](?:ajv-formats[\\/]dist|semver)[\\/]index\.js$/,
    contents: ['exports.default = undefined;'],
  },
  {
    // Types of attachments, which healer never sends.
    filter: /[\\/]node_modules[\\/]nodemailer[\\/].*[\\/]mime-types\.js$/,
    contents: [
      "export const detectMimeType = () => 'application/octet-stream';",
      "export const detectExtension = () => 'bin';",
    ],
  },
];

/** Bundles of packages only the parts that healer uses. */
export const packagesReduced = {
  name: 'packages-reduced',
  setup(hooks) {
    for (const { filter, contents } of REDUCED) {
      hooks.onLoad({ filter }, () => ({ contents: contents.join('\n'), loader: 'js' }));
    }
  },
};

/** Compresses the OpenAPI document, which is large and seldom requested. */
export const openApiCompressed = {
  name: 'openapi-compressed',
  setup(hooks) {
    hooks.onLoad({ filter: /[\\/]docs[\\/]openapi\.json$/ }, ({ path }) => {
      const document = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      const bytes = JSON.stringify(brotliCompressSync(document).toString('base64'));
      const contents = [
        "import { brotliDecompressSync } from 'node:zlib';",
        `export default JSON.parse(brotliDecompressSync(Buffer.from(${bytes}, 'base64')).toString('utf8'));`,
      ];
      return { contents: contents.join('\n'), loader: 'js' };
    });
  },
};

/** Shortens the names inside of packages. Those of our own code stay as they are, so that stack traces are readable. */
export function packagesShortened(target) {
  return {
    name: 'packages-shortened',
    setup(hooks) {
      hooks.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const { code } = await transform(text, { minify: true, target, legalComments: 'none', logLevel: 'error' });
        return { contents: code, loader: 'js' };
      });
    },
  };
}
