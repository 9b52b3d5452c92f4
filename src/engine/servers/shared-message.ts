import type { NotificationName, Notifications } from '../../protocol/notifications.ts';

/** The format in which a transport sends notifications. */
type Format = 'json-rpc' | 'sse';

/** A notification without the number of a subscription. */
export type MessageBody<Name extends NotificationName> = Omit<Notifications[Name], 'subscription'>;

/** A notification for many subscribers. Each format is encoded once, however many clients receive it. */
export class SharedMessage<Name extends NotificationName = NotificationName> {
  readonly name: Name;
  readonly body: MessageBody<Name>;
  readonly #encoded = new Map<Format, Buffer>();

  constructor(name: Name, body: MessageBody<Name>) {
    this.name = name;
    this.body = body;
  }

  /** Returns the message in a format, which is encoded by the first caller. */
  as(format: Format, encode: (message: this) => string): Buffer {
    const known = this.#encoded.get(format);
    if (known !== undefined) return known;
    const encoded = Buffer.from(encode(this));
    this.#encoded.set(format, encoded);
    return encoded;
  }
}
