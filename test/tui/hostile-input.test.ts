import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleTui, type BundledTui } from '../support/bundled-tui.ts';
import { programRow } from '../support/program-row.ts';
import { KEYS, Terminal } from '../support/terminal.ts';
import { type FakeWorld, startFakeWorld } from './support/fake-world.ts';

/** Restarting a failed program asks nothing, so that a single wrong key would act. */
const ROWS = ['api', 'web', 'db'].map((id) => programRow({ id, state: 'failed' }));
const OPERATIONS = new Set(['start', 'stop', 'restart', 'kill', 'pause', 'resume', 'remove', 'hold', 'cooldownReset']);
/** Longer than the time after which an unfinished sequence is given up. */
const LATE_MS = 700;
/** Longer than the time after which an unfinished paste is given up. */
const IDLE_MS = 2300;
const OSC_REPLY = '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\';

/** What is sent: text in one write each, and pauses in ms. */
type Input = readonly (string | number)[];

const CUTS: readonly (readonly [string, Input])[] = Array.from({ length: OSC_REPLY.length - 1 }, (_, index) => [
  `the reply about the background, cut after ${String(index + 1)} bytes`,
  [OSC_REPLY.slice(0, index + 1), index % 5 === 0 ? LATE_MS : 40, OSC_REPLY.slice(index + 1)],
]);

const CASES: readonly (readonly [string, Input])[] = [
  ...CUTS.filter((_, index) => index % 4 === 0),
  ['a reply to DECRQSS, which holds an r', ['\x1bP1$r0m\x1b\\']],
  ['a DCS whose end is late', ['\x1bP>|rrr', LATE_MS, 'rxy', LATE_MS, '\x1b\\']],
  ['a terminator cut in two', ['\x1b]52;c;cnI=\x1b', LATE_MS, '\\']],
  ['an APC of kitty, cut', ['\x1b_Gi=1;r', LATE_MS, 'OK\x1b\\']],
  ['PM and SOS', ['\x1b^rx y\x1b\\', '\x1bXrx y\x1b\\']],
  ['C1 as a character', ['\u009b1r', '\u009d11;r\u009c', '\u0090r\u009c']],
  ['a late cursor position', [LATE_MS, '\x1b[24;80R', '\x1b[2;7', LATE_MS, 'R']],
  ['device attributes', ['\x1b[?62;22;52c', '\x1b[>1;390;0c', '\x1b[?1;2$y', '\x1b[8;24;80t']],
  ['a clipboard of 60,000 bytes', [`\x1b]52;c;${'r'.repeat(60_000)}\x1b\\`]],
  ['a paste with an end mark inside', ['\x1b[200~abc\x1b[201~rxy\x1b[201~']],
  ['a paste whose end mark is cut', ['\x1b[200~rxy\x1b[20', LATE_MS, '1~']],
  ['a paste in a paste', ['\x1b[200~r\x1b[200~x\x1b[201~', '\x1b[201~']],
  ['a paste that stalls and goes on', ['\x1b[200~abc', IDLE_MS, 'rx y\r\x1b[201~']],
  ['a paste of 200 KB', [`\x1b[200~${'rxy\r'.repeat(50_000)}\x1b[201~`]],
  ['an end mark without a beginning', ['\x1b[201~\x1b[201~']],
  ['a mouse report of X10 that is cut', ['\x1b[M', LATE_MS, ' !!']],
  ['a mouse report of X10 made of keys', ['\x1b[Mrxy']],
  ['a mouse report of X10 beyond its range', ['\x1b[M \xff\xff']],
  ['a mouse report of xterm that is cut', ['\x1b[<0;5', LATE_MS, ';9M', '\x1b[<0;5;9', LATE_MS, 'm']],
  [
    'mouse reports with impossible places',
    ['\x1b[<0;99999;99999M', '\x1b[<0;0;0M', '\x1b[<-1;-5;-9M', '\x1b[32;5;900M'],
  ],
  ['a drag and other buttons', ['\x1b[<32;5;9M', '\x1b[<1;5;9M', '\x1b[<2;5;9M', '\x1b[<35;5;9M', '\x1b[<66;5;9M']],
  ['a storm of focus reports', ['\x1b[I\x1b[O'.repeat(200)]],
  ['Alt with a key that acts', ['\x1br', '\x1bx', '\x1b\x1br', '\x1b[27;3;114~', '\x1b[114;3u']],
  ['releases and other modifiers', ['\x1b[114;1:3u', '\x1b[114;9u', '\x1b[27;9;114~']],
  ['sequences with wrong parameters', ['\x1b[;;;;;;;r', '\x1b[999999999999999999999r', '\x1b[1 r', '\x1b[1!p']],
  ['a sequence of 100,000 digits', [`\x1b[${'1'.repeat(100_000)}r`]],
  ['UTF-8 that is cut', ['\xc3', LATE_MS, '\xa9'].map((part) => part)],
  ['a key with combining marks', [`r${'\u0301'.repeat(50)}`]],
  ['right-to-left text', ['\u202er\u202c', 'שלום']],
  ['a line of prose without marks', ['print results from the last run of web and stop it now']],
  ['a line of prose in small pieces', Array.from('restart xy rx sy Ry', (letter) => [letter, 3]).flat()],
  ['control characters', ['\x00\x00\x02\x06\x0e\x0f\x10\x13\x11\x14\x16\x18\x1c\x1d\x1e\x1f']],
  ['XOFF and XON', ['\x13', 50, '\x11']],
];

describe('input that is not typed runs nothing, and keys work afterwards', () => {
  let bundle: BundledTui;
  let world: FakeWorld;
  let terminal: Terminal;

  beforeAll(async () => {
    bundle = await bundleTui();
    world = await startFakeWorld({ rows: ROWS });
    terminal = new Terminal(bundle.command({ socketPath: world.engine.socketPath }), { columns: 100, rows: 30 });
    await terminal.waitFor((screen) => screen.includes(' quit') && screen.includes('api'));
  });

  afterAll(async () => {
    await terminal[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    await bundle[Symbol.asyncDispose]();
  });

  test.each(CASES)('%s', async (_what, input) => {
    const before = world.engine.calls.length;
    for (const part of input) {
      if (typeof part === 'number') await pause(part);
      else terminal.key(part);
    }
    await pause(LATE_MS);
    await leaveAll();
    const asked = world.engine.calls.slice(before).filter(({ method }) => OPERATIONS.has(method));
    expect(asked).toEqual([]);
  });

  /** Shows and closes help, which proves that a single key works, and goes back to the table. */
  async function leaveAll(): Promise<void> {
    for (let press = 0; press < 3; press += 1) {
      terminal.key(KEYS.escape);
      await pause(250);
    }
    await press('?', 'Keys in');
    await press(KEYS.escape, (screen) => !screen.includes('Keys in'));
    await press('1', 'api');
  }

  /** On a busy machine, a key may be read together with Escape, and then it is another one. */
  async function press(key: string, wanted: string | ((screen: string) => boolean)): Promise<void> {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      terminal.key(key);
      const shown = await terminal.waitFor(wanted, 3000).catch(() => null);
      if (shown !== null) return;
    }
    throw new Error(`the key ${JSON.stringify(key)} does nothing; the screen shows\n${terminal.screen()}`);
  }
});
