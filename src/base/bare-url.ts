/** A URL without what may be secret in it: a name and a password before the host, and the query. */
export function bareUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1').replace(/[?#].*$/s, '');
}
