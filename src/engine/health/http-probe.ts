import { readFileSync } from 'node:fs';
import { type ClientRequest, request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { messageOf } from '../../base/thrown.ts';
import { type BodyPattern, compileBody } from './body-matcher.ts';
import { answeredFrom, closeInOrder, closingOf } from './close-in-order.ts';
import { describeFailure } from './connection-failure.ts';
import { EVERY_ADDRESS } from './local-lookup.ts';
import { type Answer, missed, passed, type CheckOf, type Probe } from './probe.ts';
import { type BodyVerdict, readResponse } from './response-body.ts';

type HttpCheck = CheckOf<'http'>;

/** How much of a body that does not match is shown as evidence, in characters. */
const EXCERPT_LENGTH = 80;

const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Checks the status and, if configured, the body of a response. Redirections are not followed. The answer is known as soon as it
 * is certain; the rest of the response is then read, so that the program can finish it.
 */
export const probeHttp: Probe<HttpCheck> = async (check, signal) => {
  const pattern = compile(check.body);
  if (typeof pattern === 'string') return missed(pattern);
  if (signal.aborted) return missed('');
  return new Exchange(check, pattern, signal).answered;
};

function compile(body: string | null): BodyPattern | null | string {
  if (body === null) return null;
  try {
    return compileBody(body);
  } catch (error) {
    return `cannot be checked: /${body.slice(0, EXCERPT_LENGTH)}/ ${messageOf(error)}`;
  }
}

/** One request on a connection of its own, which is closed after the response. */
class Exchange {
  readonly answered: Promise<Answer>;
  readonly #check: HttpCheck;
  readonly #pattern: BodyPattern | null;
  readonly #request: ClientRequest;
  readonly #host: string;
  #socket: Socket | null = null;
  /** What is known once the connection breaks off or the timeout expires. */
  #progress = '';
  #settle: (answer: Answer) => void = () => undefined;

  constructor(check: HttpCheck, pattern: BodyPattern | null, signal: AbortSignal) {
    this.#check = check;
    this.#pattern = pattern;
    this.#host = new URL(check.url).hostname;
    this.answered = new Promise((resolve) => {
      this.#settle = (answer) =>
        resolve(this.#socket === null ? answer : { ...answer, closing: closingOf(this.#socket) });
    });
    this.#request = createRequest(check);
    const abort = (): void => this.#abort();
    signal.addEventListener('abort', abort, { once: true });
    this.#request.once('close', () => signal.removeEventListener('abort', abort));
    this.#request.once('socket', (socket) => {
      this.#socket = socket;
      socket.once('close', () => signal.removeEventListener('abort', abort));
    });
    this.#request.on('error', (error) => this.#settle(missed(describeFailure(error))));
    this.#request.once('upgrade', (response, socket) => {
      this.#judgeStatus(response);
      closeInOrder(socket);
    });
    this.#request.once('response', (response) => this.#take(response));
    this.#request.end();
  }

  #abort(): void {
    this.#settle(missed(this.#progress));
    this.#close();
  }

  #close(): void {
    if (this.#socket === null || this.#socket.connecting) this.#request.destroy();
    else closeInOrder(this.#socket);
  }

  #take(response: IncomingMessage): void {
    if (this.#judgeStatus(response) && this.#pattern === null) this.#settle(passed(this.#progress));
    const returned = this.#progress;
    if (this.#pattern !== null) this.#progress = `${returned} but not the complete body`;
    readResponse(
      response,
      this.#pattern,
      (verdict) => this.#settle(answerOf(verdict, returned, this.#pattern)),
      () => this.#close(),
    );
  }

  #judgeStatus({ statusCode = 0, socket }: IncomingMessage): boolean {
    const { status: accepted } = this.#check;
    this.#progress = `returned ${String(statusCode)}${answeredFrom(socket, this.#host)}`;
    if (isAccepted(statusCode, accepted)) return true;
    this.#settle(missed(`${this.#progress} instead of ${acceptedText(accepted)}`));
    return false;
  }
}

function createRequest({ url, method, headers, tlsVerify, ca }: HttpCheck): ClientRequest {
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  // On loopback the identity of the server is not in question, so self-signed certificates are accepted.
  const rejectUnauthorized = tlsVerify ?? (ca !== null || !LOOPBACK.test(target.hostname));
  const options = {
    method,
    agent: false as const,
    rejectUnauthorized,
    // Read each time, since certificates are replaced.
    ...(ca === null ? {} : { ca: readFileSync(ca) }),
    headers: withDefaults(headers),
    ...EVERY_ADDRESS,
  };
  return request(target, options);
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

function answerOf(verdict: BodyVerdict, returned: string, pattern: BodyPattern | null): Answer {
  const source = pattern?.source ?? '';
  switch (verdict.kind) {
    case 'matches':
      return passed(`${returned} with a matching body`);
    case 'too slow':
      return missed(`${returned}, but matching its body against /${source}/ takes too long`);
    case 'broken off':
      return missed(`${returned} and closed the connection before the body was complete`);
    case 'differs': {
      const excerpt = verdict.text.slice(0, EXCERPT_LENGTH).trim();
      const shown = excerpt === '' ? 'an empty body' : JSON.stringify(excerpt);
      return missed(`${returned} with ${shown}, which does not match /${source}/`);
    }
  }
}
