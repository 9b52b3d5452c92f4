import { PassThrough, Writable } from 'node:stream';
import type { Size } from './screen.ts';

/** The streams that Ink takes for its terminal. They receive whole frames; the real terminal is not touched. */
export interface InkStage {
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  resize(size: Size): void;
}

// eslint-disable-next-line no-control-regex -- Ink writes sequences that hide and show the cursor
const CURSOR_MODE = /^\x1b\[\?25[hl]$/;

/** Creates streams for Ink. `onFrame` receives each frame, one string for each row. */
export function createInkStage(size: Size, onFrame: (lines: readonly string[]) => void): InkStage {
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (!CURSOR_MODE.test(chunk)) onFrame(chunk.split('\n'));
      done();
    },
  });
  const stdout = Object.assign(sink, { isTTY: true, ...size }) as unknown as NodeJS.WriteStream;
  // Keys are read by `TtyInput`, never by Ink.
  const stdin = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream;
  return {
    stdout,
    stdin,
    resize(next) {
      Object.assign(stdout, next);
      stdout.emit('resize');
    },
  };
}
