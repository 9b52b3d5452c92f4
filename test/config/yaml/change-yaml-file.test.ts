import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeYamlFile } from '../../../src/config/yaml/change-yaml-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yaml-'));
  file = join(folder, 'new', 'tui.yaml');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('creates a file, and changes and removes fields in it', () => {
  changeYamlFile(file, { sort: '-cpu', muted: ['web', 'api'], wide: undefined });
  expect(readFileSync(file, 'utf8')).toBe('sort: -cpu\nmuted:\n  - web\n  - api\n');
  changeYamlFile(file, { muted: undefined, mouse: false });
  expect(readFileSync(file, 'utf8')).toBe('sort: -cpu\nmouse: false\n');
});

test('keeps comments and other fields', () => {
  changeYamlFile(file, {});
  writeFileSync(file, '# mine\nkeys: { stop: [f8] } # the old key\nsort: name\n');
  changeYamlFile(file, { sort: '-memory' });
  expect(readFileSync(file, 'utf8')).toBe('# mine\nkeys: { stop: [ f8 ] } # the old key\nsort: -memory\n');
});

test.each(['a: [', '- 1\n', 'text'])('refuses to change %j', (text) => {
  changeYamlFile(file, {});
  writeFileSync(file, text);
  expect(() => changeYamlFile(file, { sort: 'cpu' })).toThrow(/is not a list of settings — correct it/);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
