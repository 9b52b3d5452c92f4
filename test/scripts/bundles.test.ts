import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g;

/** Returns the files that an entry point loads before it runs, including itself. */
function loadedBy(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const [, name = ''] of readFileSync(join(DIST, entry), 'utf8').matchAll(STATIC_IMPORT)) loadedBy(name, seen);
  return seen;
}

/** Returns the packages and the source folders whose code an entry point loads before it runs. */
function partsOf(entry: string): string[] {
  const sources = [...loadedBy(entry)].flatMap((file) => {
    const map = JSON.parse(readFileSync(join(DIST, `${file}.map`), 'utf8')) as { sources: string[] };
    return map.sources;
  });
  const parts = sources.map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)|src\/[^/]+/.exec(source)?.[0] ?? source);
  return [...new Set(parts)].sort();
}

function bytesOf(entry: string): number {
  return [...loadedBy(entry)].reduce((sum, file) => sum + readFileSync(join(DIST, file)).length, 0);
}

describe('the code that is loaded at the start', () => {
  test('of the library is only its own code', () => {
    // Only the path of the socket is needed from src/config, and the version from package.json.
    const own = ['../package.json', 'src/base', 'src/client', 'src/config', 'src/protocol'];
    expect(partsOf('client.js').filter((part) => !own.includes(part))).toEqual([]);
  });

  test('of commands that only show programs contains no package', () => {
    const parts = partsOf('cli-main.js');
    expect(parts.filter((part) => part.startsWith('node_modules/'))).toEqual([]);
    expect(parts).not.toContain('src/tui');
  });

  test('of the whole command line contains neither React nor a schema', () => {
    const parts = partsOf('command-line.js');
    expect(parts).toContain('node_modules/commander');
    expect(parts.filter((part) => part.startsWith('node_modules/') && !part.endsWith('/commander'))).toEqual([]);
    expect(parts).not.toContain('src/tui');
  });

  test('of the terminal UI contains neither the parser nor the table of commands', () => {
    const parts = partsOf('tui-main.js');
    expect(parts.filter((part) => part.startsWith('node_modules/'))).toEqual([]);
    expect(readFileSync(join(DIST, 'cli.js'), 'utf8')).toContain('tui-main.js');
  });

  test('of the log collector is small, because it runs as long as the programs', () => {
    expect(partsOf('keeper-main.js').filter((part) => part.startsWith('node_modules/'))).toEqual([]);
    expect(bytesOf('keeper-main.js')).toBeLessThan(88 * 1024);
  });

  test('of the delivery worker contains no schema', () => {
    const packages = partsOf('courier-main.js').filter((part) => part.startsWith('node_modules/'));
    expect(packages).toContain('node_modules/nodemailer');
    expect(packages).not.toContain('node_modules/zod');
  });

  test.each(['cli-main.js', 'command-line.js', 'engine-main.js', 'keeper-main.js', 'courier-main.js'])(
    'of %s contains nothing of the fleet',
    (entry) => {
      const parts = partsOf(entry);
      expect(parts.filter((part) => part.includes('@nats-io'))).toEqual([]);
      expect(parts).not.toContain('src/fleet');
    },
  );

  test('of the library for fleets contains neither a schema nor the terminal UI', () => {
    const parts = partsOf('fleet.js');
    expect(parts).toContain('node_modules/@nats-io/transport-node');
    for (const other of ['node_modules/zod', 'node_modules/commander', 'src/tui', 'src/cli']) {
      expect(parts).not.toContain(other);
    }
  });

  test('of the fleet agent contains no schema', () => {
    expect(partsOf('fleet-agent-main.js')).toContain('node_modules/@nats-io/transport-node');
    expect(partsOf('fleet-agent-main.js')).not.toContain('node_modules/zod');
  });

  test('of the engine contains neither React nor optional parts', () => {
    const parts = partsOf('engine-main.js');
    for (const name of ['react', 'ink', 'systeminformation', 'pidusage', 'commander', 'nodemailer']) {
      expect(parts).not.toContain(`node_modules/${name}`);
    }
  });
});

test.each(['cli-main.js', 'engine-main.js', 'keeper-main.js', 'courier-main.js'])(
  '%s contains only ASCII characters: with any other, V8 keeps two bytes per character of its source',
  (entry) => {
    const others = readFileSync(join(DIST, entry), 'utf8').match(/.{0,30}[^\0-\x7f]/g);
    expect(others).toBeNull();
  },
);

test.each(['cli-main.js', 'command-line.js', 'engine-main.js', 'keeper-main.js', 'courier-main.js', 'client.js'])(
  '%s has short lines: Node prints the line that threw an uncaught error before the error itself',
  (entry) => {
    for (const file of loadedBy(entry)) {
      const text = readFileSync(join(DIST, file), 'utf8');
      const long = text.split('\n').filter((line) => line.length > 1000);
      // Only text in quotes cannot be divided.
      expect(long.join('').length / text.length, file).toBeLessThan(0.2);
      for (const line of long) expect(line.length, file).toBeLessThan(8000);
    }
  },
);

test('each bundle has its source map', () => {
  for (const entry of [
    'cli-main.js',
    'engine-main.js',
    'keeper-main.js',
    'courier-main.js',
    'fleet-agent-main.js',
    'client.js',
    'fleet.js',
  ]) {
    for (const file of loadedBy(entry)) expect(existsSync(join(DIST, `${file}.map`)), file).toBe(true);
  }
});
