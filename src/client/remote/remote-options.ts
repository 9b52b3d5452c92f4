/** How an engine is reached over HTTP. */
export interface RemoteOptions {
  /** Of the remote API, such as `https://box.example.com:19881`. */
  readonly url: string;
  /** What its operator has put into the token file. */
  readonly token?: string;
  /** In PEM, for a certificate that no public authority has signed. */
  readonly ca?: string | Buffer;
  /** How long connecting and the first byte of an answer may take; what changes programs takes the time it needs. */
  readonly timeoutMs?: number;
}
