import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../faults/random.ts';
import type { TARGETS } from './targets.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const FINDINGS = fileURLToPath(new URL('findings/', import.meta.url));

export type TargetName = keyof typeof TARGETS;

/** Where the seeds of each target are: files that tests use, and lines of their own. */
const SEEDS: Readonly<
  Record<TargetName, { readonly folder?: string; readonly name?: RegExp; readonly texts?: readonly string[] }>
> = {
  frames: {
    texts: [
      '!{"jsonrpc":"2.0","id":1,"method":"status","params":{}}\n{"jsonrpc":"2.0","id":2,"method":"logs","params":{"id":"web","tail":5}}\n',
      ' {"jsonrpc":"2.0","id":"x","method":"add","params":{"definition":{"id":"web","command":"node","args":["a"],"limits":{"memoryMb":"1.5G"}}}}\n',
      '\u0005{"method":"update","params":{"id":"web","changes":{"env":{"__proto__":"x"}}}}\n{"method":"down","params":[]}\n',
    ],
  },
  'process-list': { folder: 'process-lists', name: /\.txt$/ },
  yaml: { folder: 'healer-yaml', name: /\.yaml$/ },
  procfile: { folder: 'import/procfile', name: /./ },
  supervisord: { folder: 'import/supervisord', name: /\.conf$/ },
  pm2: { folder: 'import/pm2', name: /\.(json|ya?ml)$/ },
  email: {
    texts: [
      'smtp_server = smtp.example.com\nsmtp_port = 587\nuse_ssl: yes\nreceiver_email = a@example.com, b@example.com\n# note\nrate_limit_seconds = 60\n',
    ],
  },
  registry: {
    texts: ['{"version":1,"programs":{"web":{"command":"node"}},"overrides":{},"settings":{"zombieCheckSeconds":5}}'],
  },
  http: {
    texts: [
      'Host\nlocalhost:19881\nAuthorization\nBearer abc\nX-Forwarded-For\n192.168.1.7, 10.0.0.2\nOrigin\nhttp://evil.example\n',
      'host\n[::1]:19881\nvia\n1.1 proxy\nsec-fetch-site\ncross-site\nurl\nhttp://u@localhost/processes?x=1\n',
    ],
  },
};

/** Returns the seeds of a target, and the inputs that once broke it. */
export function corpusOf(target: TargetName): readonly Buffer[] {
  const { folder, name = /./, texts = [] } = SEEDS[target];
  const files = folder === undefined ? [] : filesIn(join(FIXTURES, folder)).filter((file) => name.test(file));
  const found = filesIn(join(FINDINGS, target));
  return [...texts.map((text) => Buffer.from(text)), ...[...files, ...found].map((file) => readFileSync(file))];
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .toSorted();
}

/** Bytes that readers treat in a special way. */
const SPECIAL = [
  '\n',
  '\r\n',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  '=',
  '#',
  ' - ',
  '&a ',
  '*a',
  '<<: ',
  '%(x)s',
  '${X}',
  '\0',
  '\uFEFF',
  'é',
  '-1',
  '1e999',
  'null',
  '__proto__',
];

/** Changes inputs at random, the same way for the same seed. */
export class Mutator {
  readonly #random: Random;
  readonly #corpus: readonly Buffer[];

  constructor(seed: number, corpus: readonly Buffer[]) {
    this.#random = new Random(seed);
    this.#corpus = corpus;
  }

  next(): Buffer {
    let bytes = this.#random.pick(this.#corpus);
    for (let count = this.#random.int(1, 6); count > 0; count--) bytes = this.#mutated(bytes);
    return bytes;
  }

  #mutated(bytes: Buffer): Buffer {
    const at = this.#random.int(0, bytes.length);
    const end = Math.min(bytes.length, at + this.#random.int(0, 40));
    const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    const other = this.#random.pick(this.#corpus);
    const from = this.#random.int(0, other.length);
    const added = this.#random.pick([
      Buffer.alloc(0),
      Buffer.from(this.#random.pick(SPECIAL)),
      Buffer.from([this.#random.int(0, 255)]),
      Buffer.concat([cut, cut]),
      other.subarray(from, from + this.#random.int(0, 60)),
    ]);
    return Buffer.concat([before, added, this.#random.chance(0.5) ? cut : Buffer.alloc(0), after]);
  }
}
