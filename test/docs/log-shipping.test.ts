import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { blocksOf } from '../support/documents.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const BLOCKS = blocksOf('docs/log-shipping.md');
const CONFIGURATIONS = BLOCKS.filter(({ language }) => language === 'yaml');
const ALLOY = BLOCKS.filter(({ language }) => language === 'alloy');
/** How the configuration of each tool begins, and where it has the pattern of a line. */
const TOOLS = ['vector.yaml', 'fluent-bit.yaml', 'promtail.yaml'];

/** Returns the pattern of a line as JavaScript writes it. */
function patternIn(text: string): RegExp {
  const [, pattern = ''] = /(?:r'|regex: '|expression: ')(\^.*\$)'/.exec(text) ?? [];
  // Alloy writes strings as Go and JSON do.
  const [, quoted = '""'] = /expression = ("\^.*\$")/.exec(text) ?? [];
  return new RegExp((pattern || (JSON.parse(quoted) as string)).replaceAll('(?P<', '(?<'));
}

test('there is a valid configuration for each tool, with the folder of the logs', () => {
  expect(CONFIGURATIONS.map(({ text }) => text.split('\n')[0])).toEqual(TOOLS.map((name) => `# ${name}`));
  for (const { text } of CONFIGURATIONS) expect(parse(text)).toBeTypeOf('object');
  for (const { text } of [...CONFIGURATIONS, ...ALLOY])
    expect(text).toContain('/.local/state/healer/*/logs/*/current.log');
});

test('their patterns read every line that healer writes', async () => {
  await using home = new HealerHome();
  mkdirSync(home.folder, { recursive: true });
  await home.up('web - - -- sh -c "echo one; echo two >&2; exec sleep 100000"');
  const path = join(home.paths.logsDir, 'web', 'current.log');
  const lines = await waitFor(() => {
    const found = readFileSync(path, 'utf8').trim().split('\n');
    return found.length >= 3 ? found : null;
  }, 'the output');
  expect(ALLOY).toHaveLength(1);
  for (const { text } of [...CONFIGURATIONS, ...ALLOY]) {
    const read = lines.map((line) => patternIn(text).exec(line)?.groups ?? {});
    for (const { time = '', flag } of read) {
      expect(Date.parse(time)).not.toBeNaN();
      expect(flag).toBe('F');
    }
    expect(read.map(({ stream, message }) => `${String(stream)}: ${String(message)}`)).toEqual(
      expect.arrayContaining(['stdout: one', 'stderr: two', expect.stringMatching(/^healer: run 1 started/)]),
    );
  }
});
