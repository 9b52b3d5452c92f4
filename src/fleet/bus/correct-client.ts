import { errors } from '@nats-io/nats-core';
import { MsgHdrsImpl, RequestOne } from '@nats-io/nats-core/internal';

/** A header line that the client can parse. */
const VALID = /^[!-9;-~]+:[^\r\n]*$/;

const decode = MsgHdrsImpl.decode.bind(MsgHdrsImpl);
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its request
const { cancel } = RequestOne.prototype;
const CANCELLED = new errors.RequestError('cancelled');

/** Corrects two faults of the client. */
export function correctClient(): void {
  MsgHdrsImpl.decode = tolerantly;
  RequestOne.prototype.cancel = cancelCheaply;
}

/**
 * The client closes its connection at a header line that it cannot parse, so that a host or a person who sends one would cut
 * off everyone who reads the message. Here, such lines are left out.
 */
function tolerantly(bytes: Uint8Array): MsgHdrsImpl {
  try {
    return decode(bytes);
  } catch {
    const [status = '', ...lines] = new TextDecoder().decode(bytes).split('\r\n');
    const valid = [status, ...lines.filter((line) => VALID.test(line)), '', ''].join('\r\n');
    return decode(new TextEncoder().encode(valid));
  }
}

/** The client creates an error with its stack for each request that was answered, which is never shown: half of the CPU time. */
function cancelCheaply(this: RequestOne, error: Error = CANCELLED): void {
  cancel.call(this, error);
}
