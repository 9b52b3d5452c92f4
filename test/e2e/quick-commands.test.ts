import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** An option that changes nothing, but that only the whole command line understands. */
const WHOLE = ['--color', 'never'];
/** Figures that differ between two calls. */
const MOVING = /\d+(\.\d+)?( ?(ms|s|MB|%))?/g;

describe('the commands that run without the parser', () => {
  test('print the same as the whole command line', async () => {
    await using home = new HealerHome();
    await home.up('web - - -- sleep 100000', 'worker - 500 -- sleep 100000');
    await waitFor(async () => {
      const rows = [...(await home.rows()).values()];
      return rows.length === 2 && rows.every(({ cpuPercent, state }) => cpuPercent !== null && state === 'running');
    }, 'both programs to be measured');
    for (const words of [
      ['ls'],
      ['ls', 'web'],
      ['ls', 'w*', '--json'],
      ['ls', '--json'],
      ['status', '--json'],
      ['status'],
    ]) {
      const quick = await home.run(...words);
      const whole = await home.run(...words, ...WHOLE);
      expect(quick.code, words.join(' ')).toBe(0);
      const inGeneral = (text: string): string =>
        text.replace(MOVING, '#').replaceAll(/ +/g, ' ').replaceAll('null', '#');
      expect(inGeneral(quick.stdout), words.join(' ')).toBe(inGeneral(whole.stdout));
    }
    await home.down();
  });

  test('fail with the same exit code and the same words as the whole command line', async () => {
    await using home = new HealerHome();
    const withoutEngine = [['ls'], ['status'], ['ls', '--json']];
    const wrong = [
      ['ls', 'nosuch'],
      ['ls', 'nosuch', '--json'],
      ['status', 'extra'],
      ['ls', '--nosuch'],
    ];
    const compare = async (words: readonly string[]): Promise<void> => {
      const quick = await home.run(...words);
      const whole = await home.run(...words, ...WHOLE);
      expect([quick.code, quick.stderr, quick.stdout], words.join(' ')).toEqual([
        whole.code,
        whole.stderr,
        whole.stdout,
      ]);
      expect(quick.code, words.join(' ')).not.toBe(0);
    };
    for (const words of withoutEngine) await compare(words);
    await home.up('web - - -- sleep 100000');
    for (const words of wrong) await compare(words);
    await home.down();
  });
});

describe('a plain up, whose engine is started before the parser is loaded', () => {
  const refused: readonly (readonly [what: string, content: string | null])[] = [
    ['is missing', null],
    ['defines nothing', 'processes: {}\n'],
    ['is broken', 'processes: [\n'],
    ['has an error', 'processes: { web: { command: sleep, restart: { policy: sometimes } } }\n'],
  ];

  test.each(refused)('is refused as by the whole command line if its file %s', async (_what, content) => {
    await using home = new HealerHome();
    const file = join(home.folder, 'refused.yaml');
    if (content !== null) writeFileSync(file, content);
    const early = await home.run('up', '-f', file);
    const whole = await home.run('up', '-f', file, ...WHOLE);
    expect(early).toEqual(whole);
    expect(early.code).not.toBe(0);
    expect((await home.run('status')).code).toBe(3);
  });

  test('starts one engine, and reports it as the whole command line does', async () => {
    await using home = new HealerHome();
    const file = join(home.folder, 'healer.yaml');
    writeFileSync(file, 'processes: { web: { command: sleep, args: ["100000"] } }\n');
    const started = async (...options: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await home.run('up', '-f', file, ...options);
      expect([code, stderr]).toEqual([0, '']);
      // A second after its start, the program is no longer starting.
      return stdout
        .replace(/^web .*$/m, 'web')
        .replace(MOVING, '#')
        .replaceAll(/ +/g, ' ');
    };
    const early = await started();
    expect(early).toContain('The engine is running');
    const again = await started();
    expect(again).not.toBe(early);
    await home.down();
    expect(await started(...WHOLE)).toBe(early);
    expect(await started(...WHOLE)).toBe(again);
    await home.down();
  });
});
