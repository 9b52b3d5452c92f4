import type { IncomingMessage } from 'node:http';
import type { RequestHeaders } from '../../../policy/remote-access/request-origin.ts';

/** Returns the headers that reveal where a request comes from and which host it addresses. Every host it names counts. */
export function originHeadersOf({ headers, rawHeaders, url = '' }: IncomingMessage): RequestHeaders {
  const fetchSite = headers['sec-fetch-site'];
  const named = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
  // A target such as http://name/path wins over the header (https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2).
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
  return {
    hosts: target === undefined ? named : [...named, target],
    origin: headers.origin,
    fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite,
  };
}
