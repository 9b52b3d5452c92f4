import type { Background } from '../style/theme.ts';

/** Asks the terminal for its background colour (xterm, "OSC 11"); those that do not know the question keep silent. */
export const ASK_BACKGROUND = '\x1b]11;?\x1b\\';

/** The answer: `11;rgb:RRRR/GGGG/BBBB`, each part of one to four hexadecimal digits. */
const ANSWER = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i;

/** Null when the answer is to another question. */
export function backgroundOfAnswer(answer: string): Background {
  const parts = ANSWER.exec(answer)?.slice(1);
  if (parts === undefined) return null;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
  // Luma as television weighs it (ITU-R BT.709).
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5 ? 'dark' : 'light';
}

/** What rxvt and some others put into the environment: "foreground;background" of the 16 colours. */
export function backgroundOfEnvironment(env: Readonly<Record<string, string | undefined>>): Background {
  const color = /;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1];
  if (color === undefined) return null;
  return Number(color) === 7 || Number(color) > 8 ? 'light' : 'dark';
}
