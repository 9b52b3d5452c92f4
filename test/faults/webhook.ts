import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';

/** An alert that was sent. */
export interface SentAlert {
  readonly id: string;
  /** The message that contained it. */
  readonly message: string;
  readonly reason: string;
  readonly at: number;
}

/** A receiver of alerts that notes each alert, also those of digests. */
export class Webhook implements AsyncDisposable {
  readonly #server: HttpReceiver;
  readonly #sent: SentAlert[];

  private constructor(server: HttpReceiver, sent: SentAlert[]) {
    this.#server = server;
    this.#sent = sent;
  }

  static async open(): Promise<Webhook> {
    const sent: SentAlert[] = [];
    const server = await startHttpReceiver((response, { headers, body }) => {
      const message = String(headers['x-healer-delivery']);
      sent.push(...alertsOf(body).map(({ id, reason }) => ({ id, reason, message, at: Date.now() })));
      response.writeHead(204).end();
    });
    return new Webhook(server, sent);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/alerts`;
  }

  get sent(): readonly SentAlert[] {
    return this.#sent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

type Body = Pick<SentAlert, 'id' | 'reason'> & { readonly alerts?: readonly Pick<SentAlert, 'id' | 'reason'>[] };

/** A message with one alert has the fields of that alert. */
function alertsOf(text: string): readonly Pick<SentAlert, 'id' | 'reason'>[] {
  const body = JSON.parse(text) as Body;
  return body.alerts ?? [body];
}
