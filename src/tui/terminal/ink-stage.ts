import { PassThrough, Writable } from 'node:stream';
import type { Size } from './screen.ts';

/** What Ink believes to be its terminal: takes whole frames and never touches the real one. */
export interface InkStage {
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  resize(size: Size): void;
}

// eslint-disable-next-line no-control-regex -- Ink hides and shows a cursor that is not its own
const CURSOR_MODE = /^\x1b\[\?25[hl]$/;

export function createInkStage(size: Size, onFrame: (lines: readonly string[]) => void): InkStage {
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (!CURSOR_MODE.test(chunk)) onFrame(chunk.split('\n'));
      done();
    },
  });
  const stdout = Object.assign(sink, { isTTY: true, ...size }) as unknown as NodeJS.WriteStream;
  // Keys come from the own decoder; Ink is never asked for any.
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
