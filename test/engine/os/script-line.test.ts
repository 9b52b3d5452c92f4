import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseBareText } from '../../../src/engine/os/bare-text.ts';
import { readScriptLine } from '../../../src/engine/os/script-line.ts';
import { thrownBy } from '../../support/thrown-by.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-script-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(content: string | Buffer, mode = 0o755): string {
  const file = join(folder, 'file');
  writeFileSync(file, content, { mode });
  return file;
}

test.each<[string, string, readonly string[]]>([
  ['#!/bin/sh\necho\n', 'an interpreter', ['/bin/sh']],
  ['#!/bin/sh', 'an interpreter without a line break', ['/bin/sh']],
  ['#! /usr/bin/env  node\n', 'spaces', ['/usr/bin/env', 'node']],
  ['#!/usr/bin/env -S node --flag\n', 'options', ['/usr/bin/env', '-S', 'node', '--flag']],
  ['#!\n', 'no interpreter', []],
  ['echo hello\n', 'no #! line', []],
  ['\n#!/bin/sh\n', 'a #! line that is not the first', []],
  [' #!/bin/sh\n', 'a space before #!', []],
  ['', 'no content', []],
])('%j has %s', (content, _what, words) => {
  expect(readScriptLine(write(content))).toEqual(words);
});

test('no more of the first line is read than the kernel reads', () => {
  const [interpreter = ''] = readScriptLine(write(`#!/${'x'.repeat(300)}\n`));
  expect(interpreter).toBe(`/${'x'.repeat(252)}`);
});

test.each<[string, string | Buffer, number, boolean]>([
  ['a script with a #! line', '#!/bin/sh\n', 0o755, true],
  ['a binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46]), 0o755, true],
  ['text without a #! line', 'echo hello\n', 0o755, false],
  ['an empty file', '', 0o755, false],
  ['a #! line after an empty line', '\n#!/bin/sh\n', 0o755, false],
])('%s: executable %s', (_what, content, mode, isAllowed) => {
  const file = write(content, mode);
  if (isAllowed) expect(() => refuseBareText(file)).not.toThrow();
  else expect(thrownBy(() => refuseBareText(file))).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'ENOEXEC' } });
});

test('a missing file is left to the start, which reports it', () => {
  expect(() => refuseBareText(join(folder, 'missing'))).not.toThrow();
});
