import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { matchBody } from './body-matcher.ts';
import { describeFailure } from './connection-failure.ts';
import { type Answer, missed, passed, type CheckOf, type Probe } from './probe.ts';

type HttpCheck = CheckOf<'http'>;

/** The most that is read of a body. */
export const BODY_LIMIT_BYTES = 64 * 1024;
/** How much of a body that does not match is shown as evidence, in characters. */
const EXCERPT_LENGTH = 80;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Checks the status and, if configured, the body of a response. Redirections are not followed. */
export const probeHttp: Probe<HttpCheck> = async (check, signal) => {
  const matches = compile(check.body);
  if (typeof matches === 'string') return missed(matches);
  let progress = '';
  try {
    const response = await sendRequest(check, signal);
    const status = response.statusCode ?? 0;
    progress = `returned ${String(status)}`;
    if (!isAccepted(status, check.status)) {
      response.destroy();
      return missed(`${progress} instead of ${acceptedText(check.status)}`);
    }
    if (matches === null) {
      response.destroy();
      return passed(progress);
    }
    progress = `${progress} but not the complete body`;
    return judgeBody(await readBody(response), matches, status);
  } catch (error) {
    return missed(signal.aborted ? progress : describeFailure(error));
  }
};

function compile(body: string | null): RegExp | null | string {
  if (body === null) return null;
  try {
    return new RegExp(body, 's');
  } catch {
    return `cannot be checked: /${body}/ is not a valid regular expression`;
  }
}

/** Opens a new connection for each request and closes it after the response. */
function sendRequest({ url, method, headers }: HttpCheck, signal: AbortSignal): Promise<IncomingMessage> {
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  // On loopback the identity of the server is not in question, so self-signed certificates are accepted.
  const rejectUnauthorized = !LOOPBACK.test(target.hostname);
  const options = { method, signal, agent: false as const, rejectUnauthorized, headers: withDefaults(headers) };
  return new Promise((resolve, reject) => {
    request(target, options, resolve).on('error', reject).end();
  });
}

function withDefaults(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { 'user-agent': 'healer-check', accept: '*/*', connection: 'close', ...headers };
}

function isAccepted(status: number, accepted: readonly number[]): boolean {
  return accepted.length === 0 ? status >= 200 && status < 400 : accepted.includes(status);
}

function acceptedText(accepted: readonly number[]): string {
  return accepted.length === 0 ? '200 to 399' : accepted.join(' or ');
}

function readBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => resolve(Buffer.concat(chunks).subarray(0, BODY_LIMIT_BYTES).toString('utf8'));
    response.once('error', reject).once('end', finish);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < BODY_LIMIT_BYTES) return;
      finish();
      response.destroy();
    });
  });
}

function judgeBody(body: string, matches: RegExp, status: number): Answer {
  const returned = `returned ${String(status)}`;
  const match = matchBody(matches, body);
  if (match === 'yes') return passed(`${returned} with a matching body`);
  if (match === 'too slow')
    return missed(`${returned}, but matching its body against /${matches.source}/ takes too long`);
  const excerpt = body.slice(0, EXCERPT_LENGTH).trim();
  const shown = excerpt === '' ? 'an empty body' : JSON.stringify(excerpt);
  return missed(`${returned} with ${shown}, which does not match /${matches.source}/`);
}
