import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BundledKeeper, bundleKeeper } from './support/bundled-keeper.ts';
import { waitFor } from '../../support/wait-for.ts';
import { LogLab } from './support/log-lab.ts';

let keeper: BundledKeeper;
let lab: LogLab;
beforeAll(async () => void (keeper = await bundleKeeper()));
afterAll(() => keeper[Symbol.asyncDispose]());
beforeEach(async () => {
  lab = new LogLab(keeper.path);
  await lab.start();
});
afterEach(() => lab.close());

const COUNT_SLOWLY = `let n = 0; const t = setInterval(() => {
  let text = ''; for (let i = 0; i < 200; i++) text += ++n + '\\n';
  process.stdout.write(text); if (n >= 200000) clearInterval(t); }, 2)`;
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

describe('what a program writes', () => {
  test('is in its log when its end has been declared, however short it lived', async () => {
    await lab.run('brief', ['sh', '-c', 'echo out; echo err >&2']).ended;
    expect(lab.texts('brief')).toEqual(['out']);
    expect(lab.texts('brief', 'stderr')).toEqual(['err']);
  });

  test('keeps its last words when they have no newline', async () => {
    await lab.run('cut', ['printf', 'a\\nlast words']).ended;
    expect(lab.text('cut')).toMatch(/^\S+ stdout F a\n\S+ stdout F last words\n$/);
  });
});

describe('a keeper that is killed', () => {
  test('loses no line and doubles none, however often it happens', async () => {
    const { ended, child } = lab.run('counter', ['node', '-e', COUNT_SLOWLY]);
    let kills = 0;
    while (child.exitCode === null) {
      await lab.killKeeper();
      kills += 1;
      const { length } = lab.bytes('counter');
      await waitFor(
        () => child.exitCode !== null || lab.bytes('counter').length > length + Math.random() * 200_000,
        'more lines',
      );
    }
    await ended;
    expect(kills).toBeGreaterThan(3);
    expect(lab.texts('counter')).toEqual(numbers(200_000));
  });
});
