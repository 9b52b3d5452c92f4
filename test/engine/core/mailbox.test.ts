import { describe, expect, test } from 'vitest';
import { Mailbox } from '../../../src/engine/core/mailbox.ts';

describe('mailbox', () => {
  test('handles messages one at a time, in the order in which they were posted', () => {
    const seen: string[] = [];
    const mailbox = new Mailbox<string>(
      (message) => {
        seen.push(`${message} begins`);
        if (message === 'a') mailbox.post('c', 'd');
        if (message === 'c') mailbox.post('e');
        seen.push(`${message} ends`);
      },
      () => undefined,
    );
    mailbox.post('a', 'b');
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'].flatMap((message) => [`${message} begins`, `${message} ends`]));
  });

  test('settles once per burst, after its last message', () => {
    const seen: string[] = [];
    const mailbox = new Mailbox<number>(
      (message) => {
        seen.push(String(message));
        if (message < 3) mailbox.post(message + 1);
      },
      () => seen.push('settled'),
    );
    mailbox.post(1);
    mailbox.post(3);
    expect(seen).toEqual(['1', '2', '3', 'settled', '3', 'settled']);
  });

  test('settles once after a turn, and after the messages that were posted in it', () => {
    const seen: string[] = [];
    const mailbox = new Mailbox<string>(
      (message) => seen.push(message),
      () => seen.push('settled'),
    );
    mailbox.turn(() => {
      mailbox.post('posted');
      mailbox.turn(() => seen.push('within'));
      seen.push('done');
    });
    expect(seen).toEqual(['within', 'done', 'posted', 'settled']);
  });

  test('finishes what was posted together before it handles what was posted meanwhile', () => {
    const seen: string[] = [];
    const mailbox = new Mailbox<string>(
      (message) => {
        seen.push(message);
        if (message === 'a') mailbox.post('c');
      },
      () => seen.push('settled'),
      () => {
        seen.push('finished');
        if (seen.length === 3) mailbox.post('d');
      },
    );
    mailbox.post('a', 'b');
    expect(seen).toEqual(['a', 'b', 'finished', 'c', 'd', 'finished', 'settled']);
  });

  test('handles messages that are posted while it settles', () => {
    const seen: string[] = [];
    const mailbox = new Mailbox<string>(
      (message) => seen.push(message),
      () => {
        if (seen.length === 1) mailbox.post('posted while settling');
      },
    );
    mailbox.post('first');
    expect(seen).toEqual(['first', 'posted while settling']);
  });
});
