import type { Environment } from '../../base/environment.ts';
import type { Background } from '../style/theme.ts';

/** Requests the background color of the terminal (xterm, "OSC 11"). Terminals that do not support it send no reply. */
export const REQUEST_BACKGROUND = '\x1b]11;?\x1b\\';

/** The reply: `11;rgb:RRRR/GGGG/BBBB`, each part with one to four hexadecimal digits. */
const REPLY = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i;

/** Parses the reply of the terminal; null if it is a reply to another request. */
export function backgroundOfReply(reply: string): Background {
  const parts = REPLY.exec(reply)?.slice(1);
  if (parts === undefined) return null;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
  // Luma as defined by ITU-R BT.709.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.5 ? 'dark' : 'light';
}

/** Reads the variable that rxvt and some others set: "foreground;background" of the 16 colors. Null if it is not set. */
export function backgroundOfEnvironment(env: Environment): Background {
  const color = /;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1];
  if (color === undefined) return null;
  return Number(color) === 7 || Number(color) > 8 ? 'light' : 'dark';
}
