import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkFiles } from '../../../src/config/sources/combine-sources.ts';

test.each([
  [
    { limits: { memoryMb: 300 } },
    ['limits.memoryMb of "web" is 400 here, but "healer update" set it to 300, which takes precedence'],
  ],
  [{ limits: { memoryMb: 400 } }, []],
  [{ name: 'Web' }, []],
])('fields of a file that the registry overrides with %j are warnings', async (override, messages) => {
  const folder = mkdtempSync(join(tmpdir(), 'healer-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'healer.yaml');
  const registryFile = join(folder, 'registry.json');
  writeFileSync(file, 'processes: { web: { command: sleep, limits: { memoryMb: 400 } } }\n');
  writeFileSync(registryFile, JSON.stringify({ version: 1, programs: {}, overrides: { web: override }, settings: {} }));
  const { problems, specs } = await checkFiles([[file]], registryFile, {});
  expect(problems.map(({ message, severity, line }) => ({ message, severity, line }))).toEqual(
    messages.map((message) => ({ message, severity: 'warning', line: 1 })),
  );
  expect(specs.map(({ spec }) => spec.id)).toEqual(['web']);
});
