import { expect, test } from 'vitest';
import { dataText } from '../../../src/tui/text/data-text.ts';

test.each([
  [{}, ''],
  [{ code: 3 }, 'code=3'],
  [{ code: 3, signal: 'SIGSEGV' }, 'code=3  signal=SIGSEGV'],
  [{ code: null, signal: 'SIGTERM' }, 'signal=SIGTERM'],
  [{ missing: undefined, ok: true }, 'ok=true'],
  [{ memoryMb: 512.34567 }, 'memoryMb=512.346'],
  [{ ids: ['a', 'b'] }, 'ids=["a","b"]'],
  [{ limits: { cpu: 5 } }, 'limits={"cpu":5}'],
  [{ text: 'a\x1b[2Jb' }, 'text=ab'],
  [{ empty: '' }, 'empty='],
])('the data %j is shown as %j', (data, text) => {
  expect(dataText(data)).toBe(text);
});
