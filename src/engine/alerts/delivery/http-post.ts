import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { proxyFor } from './proxy-for.ts';
import { trustingContext } from './trusted-certificates.ts';

/** A request to a webhook. */
export interface HttpPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM file of the trusted certificates; null: those of the system. */
  readonly caFile: string | null;
  readonly signal: AbortSignal;
}

/** The response of a receiver, with the beginning of its body. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** The rest of a response is not read. */
const MAX_TEXT_BYTES = 2_048;

/**
 * Sends a request, through the proxy that the environment names. Redirects are not followed, because they would send the signed
 * body to an address that is not configured. @throws the error of the connection, or of the signal
 */
export async function postHttp({ url, headers, body, caFile, signal }: HttpPost): Promise<HttpResponse> {
  const dispatcher = createDispatcher(url, caFile);
  try {
    const path = `${url.pathname}${url.search}`;
    const response = await dispatcher.request({ origin: url.origin, path, method: 'POST', headers, body, signal });
    const { statusCode: status, headers: responseHeaders } = response;
    // The body explains a failure. A success does not wait for it.
    const text = status < 300 ? '' : await readStart(response.body);
    return { status, headers: responseHeaders, text };
  } finally {
    void dispatcher.destroy().catch(() => undefined);
  }
}

function createDispatcher(url: URL, caFile: string | null): Dispatcher {
  const proxy = proxyFor(url, process.env);
  const isTls = url.protocol === 'https:' || proxy?.protocol === 'https:';
  const connect = {
    ...(isTls ? { secureContext: trustingContext(caFile) } : {}),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 2_500,
  };
  // The signal limits the time, so that the settings decide.
  const common = { connectTimeout: 0, headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === null) return new Agent({ ...common, connect });
  // SOCKS proxies get the host name, and no TLS of their own.
  if (proxy.protocol.startsWith('socks')) {
    return new ProxyAgent({ ...common, uri: proxy.href.replace(/^socks5?h?:/, 'socks5:'), requestTls: connect });
  }
  const isTunneled = url.protocol === 'https:';
  return new ProxyAgent({
    ...common,
    uri: proxy.href,
    proxyTunnel: isTunneled,
    requestTls: connect,
    proxyTls: connect,
  });
}

async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_TEXT_BYTES) break;
    }
  } catch {
    // The status counts, even if the connection breaks afterwards.
  }
  return Buffer.concat(chunks).subarray(0, MAX_TEXT_BYTES).toString('utf8');
}
