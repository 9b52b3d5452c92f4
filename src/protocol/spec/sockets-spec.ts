import * as z from 'zod';
import { kernelText } from './spec-values.ts';

/** From listen(2): the kernel lowers it to net.core.somaxconn. */
const LARGEST_BACKLOG = 65_535;
/** What `sun_path` of unix(7) takes, without its terminating NUL. */
const LONGEST_PATH_BYTES = 107;

const port = z.number().int().min(1).max(65_535);

const ADDRESS = /^(?:\[[0-9A-Fa-f:.]+\]|(?:\d{1,3}\.){3}\d{1,3}|localhost|\*):(\d{1,5})$/;

const address = kernelText.min(1).superRefine((text, context) => {
  const problem = addressProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

function addressProblem(text: string): string | null {
  if (text.startsWith('/')) {
    if (utf8Length(text) <= LONGEST_PATH_BYTES) return null;
    return `the path is longer than ${String(LONGEST_PATH_BYTES)} bytes, which is the most that the kernel accepts`;
  }
  const number = /^\d+$/.test(text) ? text : ADDRESS.exec(text)?.[1];
  if (number === undefined)
    return 'write a port, ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080, or an absolute path';
  return port.safeParse(Number(number)).success ? null : 'a port is a number from 1 to 65535';
}

function utf8Length(text: string): number {
  return encodeURIComponent(text).replaceAll(/%../g, '%').length;
}

const socket = z.strictObject({
  listen: z
    .union([port, address])
    .describe('A port of all interfaces, `ADDRESS:PORT`, `[IPv6]:PORT`, or the path of a Unix socket')
    .meta({ examples: ['127.0.0.1:8080'] }),
  backlog: z
    .number()
    .int()
    .min(1)
    .max(LARGEST_BACKLOG)
    .default(4096)
    .describe('Number of connections that wait until the program accepts them, at most net.core.somaxconn'),
  mode: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'a mode is three octal digits in quotes, such as "660"')
    .default('600')
    .describe('File mode of a Unix socket: octal digits in quotes'),
  name: z
    .string()
    .regex(/^[^:\p{Cc}]{1,255}$/u, 'a name has 1 to 255 characters, without a colon and control characters')
    .optional()
    .describe('Name of the socket in LISTEN_FDNAMES; by default its address with dashes instead of colons'),
});

/** The listening sockets that healer opens for a program and keeps open between its runs. See docs/launching.md. */
export const socketsSchema = z
  .array(socket)
  .max(64)
  .superRefine((sockets, context) => {
    for (const [index, { listen }] of sockets.entries()) {
      const first = sockets.findIndex((other) => String(other.listen) === String(listen));
      if (first === index) continue;
      const message = `entry ${String(first + 1)} listens there already; remove one of them`;
      context.addIssue({ code: 'custom', path: [index, 'listen'], message });
    }
  });
