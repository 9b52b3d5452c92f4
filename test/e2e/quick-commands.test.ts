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
