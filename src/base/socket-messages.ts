import type { Libc } from './libc.ts';

/** From bits/socket.h, and socket(7) for the level. */
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SCM_CREDENTIALS = 2;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x40000000;

/** struct msghdr, struct iovec and struct cmsghdr on 64-bit Linux. */
const MSGHDR_BYTES = 56;
const IOV_AT = 16;
const IOV_COUNT_AT = 24;
const CONTROL_AT = 32;
const CONTROL_LENGTH_AT = 40;
const IOVEC_BYTES = 16;
const CMSG_HEADER_BYTES = 16;
const FD_BYTES = 4;
/** The kernel accepts at most this many descriptors in one message (SCM_MAX_FD). */
const MAX_FDS = 253;
const CONTROL_BYTES = 2048;

/** A message that was received, with what the kernel attached to it. */
export interface ReceivedMessage {
  readonly bytes: Buffer;
  /** The process that sent it, as the kernel knows it; null if the socket does not ask for it (SO_PASSCRED). */
  readonly sender: { readonly pid: number; readonly uid: number } | null;
  /** Descriptors that were passed along, which the receiver has to close. */
  readonly fds: readonly number[];
}

/** The structures of sendmsg(2) and recvmsg(2). The buffers are referred to by address, so they are kept together. */
interface Message {
  readonly header: Buffer;
  readonly vector: Buffer;
  readonly bytes: Buffer;
  readonly control: Buffer;
}

function messageOf(libc: Libc, bytes: Buffer, control: Buffer): Message {
  const header = Buffer.alloc(MSGHDR_BYTES);
  const vector = Buffer.alloc(IOVEC_BYTES);
  vector.writeBigUInt64LE(libc.addressOf(bytes), 0);
  vector.writeBigUInt64LE(BigInt(bytes.length), 8);
  header.writeBigUInt64LE(libc.addressOf(vector), IOV_AT);
  header.writeBigUInt64LE(1n, IOV_COUNT_AT);
  if (control.length > 0) header.writeBigUInt64LE(libc.addressOf(control), CONTROL_AT);
  header.writeBigUInt64LE(BigInt(control.length), CONTROL_LENGTH_AT);
  return { header, vector, bytes, control };
}

/**
 * Sends a message through a connected socket, with descriptors for its receiver. Never blocks.
 * @throws SystemCallError
 */
export function sendMessage(libc: Libc, fd: number, text: string, fds: readonly number[] = []): void {
  const message = messageOf(libc, Buffer.from(text), passing(fds));
  libc.check('sendmsg', fd, message.header, MSG_DONTWAIT + MSG_NOSIGNAL);
}

function passing(fds: readonly number[]): Buffer {
  if (fds.length === 0) return Buffer.alloc(0);
  const length = CMSG_HEADER_BYTES + fds.length * FD_BYTES;
  const control = Buffer.alloc(aligned(length));
  control.writeBigUInt64LE(BigInt(length), 0);
  control.writeInt32LE(SOL_SOCKET, 8);
  control.writeInt32LE(SCM_RIGHTS, 12);
  for (const [index, fd] of fds.entries()) control.writeInt32LE(fd, CMSG_HEADER_BYTES + index * FD_BYTES);
  return control;
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** Receives messages with what the kernel attaches to them. */
export class MessageReceiver {
  readonly #libc: Libc;
  readonly #message: Message;

  /** @param capacity the longest message in bytes; the rest of a longer one is lost */
  constructor(libc: Libc, capacity: number) {
    this.#libc = libc;
    this.#message = messageOf(libc, Buffer.alloc(capacity), Buffer.alloc(CONTROL_BYTES));
  }

  /**
   * Returns the next message; null if there is none, or if the other end is closed (an empty message without a sender).
   * @param options.isBlocking waits for a message, as long as the timeout of the socket allows
   */
  receive(fd: number, { isBlocking = false }: { readonly isBlocking?: boolean } = {}): ReceivedMessage | null {
    const { header, bytes, control } = this.#message;
    header.writeBigUInt64LE(BigInt(control.length), CONTROL_LENGTH_AT);
    const flags = MSG_CMSG_CLOEXEC + (isBlocking ? 0 : MSG_DONTWAIT);
    const length = this.#libc.call('recvmsg', fd, header, flags);
    if (length < 0) return null;
    const attached = control.subarray(0, Number(header.readBigUInt64LE(CONTROL_LENGTH_AT)));
    return { bytes: Buffer.from(bytes.subarray(0, length)), ...attachmentsIn(attached) };
  }
}

function attachmentsIn(control: Buffer): Pick<ReceivedMessage, 'sender' | 'fds'> {
  const fds: number[] = [];
  let sender: ReceivedMessage['sender'] = null;
  for (let at = 0; at + CMSG_HEADER_BYTES <= control.length;) {
    const length = Number(control.readBigUInt64LE(at));
    if (length < CMSG_HEADER_BYTES || at + length > control.length) break;
    const type = control.readInt32LE(at + 8) === SOL_SOCKET ? control.readInt32LE(at + 12) : 0;
    const data = control.subarray(at + CMSG_HEADER_BYTES, at + length);
    if (type === SCM_CREDENTIALS) sender = { pid: data.readInt32LE(0), uid: data.readUInt32LE(4) };
    if (type === SCM_RIGHTS)
      for (let fd = 0; fd + FD_BYTES <= data.length && fds.length < MAX_FDS; fd += FD_BYTES)
        fds.push(data.readInt32LE(fd));
    at += aligned(length);
  }
  return { sender, fds };
}
