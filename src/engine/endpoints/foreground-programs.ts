import { setTimeout as sleep } from 'node:timers/promises';
import { nameColor } from '../../base/name-color.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import type { ForegroundOutput } from '../records/foreground-output.ts';
import type { Records } from '../records/records.ts';

/** How an engine in the foreground prints what its programs print. */
export interface ProgramOutputOptions {
  /** One JSON object a line, instead of a line with the id in front. */
  readonly json: boolean;
  readonly color: boolean;
  /** Whether to remove control sequences: a terminal would interpret them. */
  readonly sanitizes: boolean;
}

/** Lines that programs printed while the engine started; older ones of earlier engines are left out. */
const OPENING_LINES = 1_000;

type FollowedEngine = Pick<ServedEngine, 'followLog' | 'ids'>;

/** How long the last lines are waited for at the end. */
const LAST_LINES_MS = 200;

/**
 * Prints the output of all programs, also of those that are added later, with the id in front of each line. A reader that
 * does not keep up delays the printing, never the programs: the log files keep what is not printed.
 * Returns a function that prints the last lines and stops.
 * @param options `startedAt` is the start of the engine by the wall clock, in ms
 */
export function printPrograms(
  engine: FollowedEngine,
  records: Pick<Records, 'onEvents'>,
  output: Pick<ForegroundOutput, 'write' | 'isOpen'>,
  options: ProgramOutputOptions & { readonly startedAt: number },
): () => Promise<void> {
  const followed = new Map<string, AbortController>();
  const follow = (id: string): void => {
    if (followed.has(id)) return;
    const controller = new AbortController();
    followed.set(id, controller);
    let opening = OPENING_LINES;
    const print = async (lines: readonly LogLine[], skipped: number): Promise<void> => {
      const news = lines.filter((line) => {
        opening -= 1;
        return opening < 0 || (line.time !== null && Date.parse(line.time) >= options.startedAt);
      });
      const gap = skipped === 0 ? '' : describeLine(id, gapLine(skipped), options);
      const text = gap + news.map((line) => describeLine(id, line, options)).join('');
      if (text !== '') await output.write(text);
      if (!output.isOpen) controller.abort();
    };
    const from = { tail: OPENING_LINES };
    void engine.followLog(id, from, async ({ lines, skipped }) => print(lines, skipped), controller.signal);
  };
  engine.ids().forEach(follow);
  records.onEvents.add((events) => {
    for (const { kind, process } of events) {
      if (process === null) continue;
      if (kind === 'added') follow(process);
      if (kind === 'removed') {
        followed.get(process)?.abort();
        followed.delete(process);
      }
    }
  });
  return async () => {
    if (output.isOpen) await sleep(LAST_LINES_MS);
    for (const controller of followed.values()) controller.abort();
  };
}

function gapLine(skipped: number): LogLine {
  const text = `[healer] ${String(skipped)} lines were not printed here, because they came too fast; the log files may have them`;
  return { time: null, stream: 'stderr', text, partial: false };
}

function describeLine(id: string, { time, stream, text, partial }: LogLine, options: ProgramOutputOptions): string {
  if (options.json) return `${JSON.stringify({ type: 'output', id, time, stream, text, partial })}\n`;
  const shown = options.sanitizes ? sanitizeText(text) : text;
  const name = options.color ? `\u001b[${String(nameColor(id))}m${id}\u001b[0m` : id;
  return `${name} | ${shown}\n`;
}
