import { describe, expect, test } from 'vitest';
import { programRow } from '../../support/program-row.ts';
import { respond } from '../../../src/tui/commands/respond.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { KeyDecoder, type KeyPress } from '../../../src/tui/terminal/key-decoder.ts';
import { KeyGroups } from '../../../src/tui/terminal/key-groups.ts';
import { screenWith } from '../support/states.ts';

/** `npm run fuzz:keys` sends ten million bytes. */
const BYTES = Number(process.env['FUZZ_BYTES'] ?? 150_000);
/** A thousand bytes take about 50 ms. */
const TIMEOUT_MS = Math.max(60_000, BYTES / 2);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const ACTING = new Set(['operate', 'submit', 'readZombies', 'startEngine', 'quit', 'interrupt', 'suspend', 'page']);

/** Returns numbers from 0 to below `end` (mulberry32), so that a failure can be repeated. */
function createRandom(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end);
  };
}

/** A keyboard whose reads and pauses are chosen by the test. */
class Keyboard {
  state: State;
  readonly acted: string[] = [];
  readonly #decoder = new KeyDecoder();
  readonly #groups = new KeyGroups();
  #now = 0;

  constructor(state: State) {
    this.state = state;
  }

  read(bytes: Buffer): void {
    this.#now += 1;
    this.#handle(this.#groups.add(this.#decoder.push(bytes), this.#now));
  }

  /** Waits longer than any limit. */
  pause(): void {
    while (this.#decoder.patienceMs !== null) this.#handle(this.#groups.add(this.#decoder.flush(), this.#now));
    this.#handle(this.#groups.expire());
    this.#now += 10_000;
  }

  #handle(keys: readonly KeyPress[]): void {
    for (const key of keys) {
      const { state, effects } = respond(this.state, key);
      const asks = state.overlay.kind === 'confirm' && this.state.overlay.kind !== 'confirm';
      if (asks || effects.some(({ kind }) => ACTING.has(kind))) this.acted.push(key.name);
      this.state = settle(state);
    }
  }
}

const HOSTILE = Buffer.from('rRxXKspycduaqey012\r \t;:/');
const PARAMETERS = Buffer.from('0123456789:;<=>?');
const FINALS = Buffer.from('BCEGJKLNQSTUVWXYabcdefghijklopqrstvwxyz@`{|}');

/** Without controls that begin a sequence, which the other tests send. */
const LETTERS = Buffer.from(
  Array.from({ length: 0xe0 }, (_, index) => 0x20 + index).filter((byte) => byte < 0x7f || byte > 0x9f),
);

/** Creates sequences that contain what would act if it were typed. */
function createSequences(random: (end: number) => number): () => Buffer {
  const some = (from: Buffer, most: number): Buffer =>
    Buffer.from(Array.from({ length: random(most + 1) }, () => from[random(from.length)] ?? 0));
  const anything = (most: number): Buffer => {
    const bytes = Array.from({ length: random(most + 1) }, () =>
      random(3) === 0 ? 0xa0 + random(0x60) : 0x20 + random(0x5f),
    );
    return random(2) === 0
      ? Buffer.concat([some(HOSTILE, most), Buffer.from(bytes.filter((byte) => byte < 0x80))])
      : some(HOSTILE, most);
  };
  const text = (value: string): Buffer => Buffer.from(value, 'latin1');
  const end = (): Buffer => text(random(3) === 0 ? '\x9c' : '\x1b\\');
  const kinds = [
    () => [
      text('\x1b['),
      some(PARAMETERS, 12),
      some(Buffer.from(' !"#$%&\'()*+,-./'), 2),
      some(FINALS, 0),
      text('$'),
      text('x'),
    ],
    () => [text(random(2) === 0 ? '\x1b[' : '\x9b'), text('?'), some(PARAMETERS, 400), text('c')],
    () => [text(`\x1b[1;${1 + random(300)};7`), text(random(2) === 0 ? 't' : 'y')],
    () => [text('\x1b]'), text(`${random(120)};`), anything(60), random(2) === 0 ? text('\x07') : end()],
    () => [
      text(['\x1bP', '\x1b_', '\x1b^', '\x1bX', '\x90', '\x9f', '\x9e', '\x98'][random(8)] ?? ''),
      text('ab'),
      anything(3000),
      end(),
    ],
    () => [text('\x1b[M'), Buffer.of(35 + random(3), 33 + random(222), 33 + random(222))],
    () => [text(`\x1b[<${1 + random(3)};${random(300)};${random(100)}${random(2) === 0 ? 'M' : 'm'}`)],
    () => [text('\x1bO'), some(Buffer.from('rxypsRXK'), 0), text('r')],
    () => [text('\x1b[200~ab'), anything(200), text('\x1b[201~')],
    () => [text(`\x1b[${97 + random(26)};${[3, 4, 7, 8][random(4)]}u`)],
  ];
  return () => Buffer.concat(kinds[random(kinds.length)]?.() ?? []);
}

const STATES: Readonly<Record<string, () => State>> = {
  'with programs that work': () => screenWith(['web', 'api']),
  'with programs that have failed': () =>
    screenWith([programRow({ id: 'a', state: 'failed' }), programRow({ id: 'b', state: 'stopped' })]),
};

describe.each(Object.entries(STATES))('a screen %s', (_, start) => {
  test(
    'runs nothing and asks nothing, whatever sequences contain and wherever they are cut',
    () => {
      const random = createRandom(SEED);
      const next = createSequences(random);
      const keyboard = new Keyboard(start());
      for (let sent = 0; sent < BYTES / 2;) {
        const bytes = next();
        sent += bytes.length;
        // Not after the first byte: what follows an Escape that was a key can be typed.
        const cut = 2 + random(Math.max(1, bytes.length - 2));
        keyboard.read(bytes.subarray(0, cut));
        if (random(2) === 0) keyboard.pause();
        if (cut < bytes.length) keyboard.read(bytes.subarray(cut));
        if (random(4) === 0) keyboard.pause();
        expect(keyboard.acted, bytes.toString('latin1')).toEqual([]);
        // Keys that only look around may open something else.
        keyboard.state = start();
      }
    },
    TIMEOUT_MS,
  );

  test(
    'runs nothing if random text arrives faster than anybody can type',
    () => {
      const random = createRandom(SEED + 1);
      const keyboard = new Keyboard(start());
      for (let sent = 0; sent < BYTES / 2;) {
        const bytes = Buffer.from(
          Array.from({ length: 40 + random(400) }, () =>
            random(3) === 0 ? (HOSTILE[random(HOSTILE.length)] ?? 0) : (LETTERS[random(LETTERS.length)] ?? 0),
          ),
        );
        sent += bytes.length;
        keyboard.read(bytes);
        expect(keyboard.acted, bytes.toString('latin1')).toEqual([]);
        keyboard.pause();
        expect(keyboard.acted, bytes.toString('latin1')).toEqual([]);
        keyboard.state = start();
      }
    },
    TIMEOUT_MS,
  );
});

test(
  'any bytes with any pauses leave a keyboard that works',
  () => {
    const random = createRandom(SEED + 2);
    const keyboard = new Keyboard(screenWith(['web']));
    for (let sent = 0; sent < BYTES / 2; sent += 20) {
      keyboard.read(Buffer.from(Array.from({ length: 1 + random(40) }, () => (random(4) === 0 ? 0x1b : random(256)))));
      if (random(5) === 0) keyboard.pause();
      if (random(50) > 0) continue;
      // Escape and a key that is pressed twice get through, whatever began before.
      keyboard.pause();
      for (const key of ['\x1b', 'j', 'j', '\x03']) {
        keyboard.read(Buffer.from(key));
        keyboard.pause();
      }
      expect(keyboard.acted.at(-1)).toBe('ctrl-c');
      keyboard.acted.length = 0;
      keyboard.state = screenWith(['web']);
    }
  },
  TIMEOUT_MS,
);
