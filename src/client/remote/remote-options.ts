/** How to reach an engine over HTTP. */
export interface RemoteOptions {
  /** The URL of the remote API, such as `https://box.example.com:19881`. */
  readonly url: string;
  /** The token from the engine's token file. */
  readonly token?: string;
  /** A PEM certificate of the authority, needed for certificates that no public authority has signed. */
  readonly ca?: string | Uint8Array;
  /**
   * The time limit for connecting and for the first byte of a response; 5000 ms by default. Requests that change something
   * take the time they need; meanwhile it limits how long the engine may show no sign of life.
   */
  readonly timeoutMs?: number;
}

/** How to attach to an engine over HTTP. */
export interface RemoteConnectOptions extends RemoteOptions {
  /** Aborts connecting; has no effect once connected. */
  readonly signal?: AbortSignal;
}
