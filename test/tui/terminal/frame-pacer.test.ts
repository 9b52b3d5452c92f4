import { expect, test } from 'vitest';
import { FramePacer } from '../../../src/tui/terminal/frame-pacer.ts';

const CALM = { hurries: false, isLive: false };
const LIVE = { hurries: false, isLive: true };
const KEY = { hurries: true, isLive: true };

/** A line that carries `bytesPerMs` and takes `travelMs` there and back. */
function used(bytesPerMs: number, travelMs: number): FramePacer {
  const pacer = new FramePacer();
  pacer.sent(10, 0);
  pacer.answered(travelMs + 10 / bytesPerMs);
  pacer.sent(2000, 1000);
  pacer.answered(1000 + travelMs + 2000 / bytesPerMs);
  return pacer;
}

test('a terminal that never answers is not waited for', () => {
  const pacer = new FramePacer();
  pacer.sent(1000, 0);
  pacer.sent(1000, 33);
  expect(pacer.isBlocked(66, LIVE)).toBe(false);
});

test('one frame is under way, or two after a key', () => {
  const pacer = used(4, 300);
  expect(pacer.isBlocked(3000, LIVE)).toBe(false);
  pacer.sent(500, 3000);
  expect(pacer.isBlocked(3100, LIVE)).toBe(true);
  expect(pacer.isBlocked(3100, KEY)).toBe(false);
  pacer.sent(500, 3100);
  expect(pacer.isBlocked(3200, KEY)).toBe(true);
  pacer.answered(3400);
  expect(pacer.isBlocked(3400, KEY)).toBe(false);
});

test('a slow line is left half free, and nearly free unless a key waits for an answer', () => {
  const pacer = used(4, 300);
  pacer.sent(1200, 5000);
  expect(pacer.nextFrameAt(KEY)).toBe(5000);
  expect(pacer.nextFrameAt(LIVE)).toBeCloseTo(5600, -2);
  expect(pacer.nextFrameAt(CALM)).toBe(9000);
});

test('only on a slow line is a frame sent in portions', () => {
  expect(new FramePacer().portionBytes(false)).toBeNull();
  expect(used(1000, 300).portionBytes(true)).toBeNull();
  expect(used(4, 300).portionBytes(false)).toBeCloseTo(720, -2);
  expect(used(0.5, 300).portionBytes(false)).toBe(600);
});

test('what a key changed first is sent in a smaller portion', () => {
  expect(used(4, 300).portionBytes(true)).toBeCloseTo(480, -2);
  expect(used(0.5, 300).portionBytes(true)).toBe(450);
});

test('a long way alone does not slow frames down', () => {
  const pacer = used(1000, 300);
  pacer.sent(1000, 5000);
  expect(pacer.nextFrameAt(LIVE)).toBe(5000);
});

test('a terminal that stops answering is waited for only so long', () => {
  const pacer = used(1000, 1);
  pacer.sent(100, 5000);
  expect(pacer.isBlocked(6000, LIVE)).toBe(true);
  expect(pacer.isBlocked(16_000, LIVE)).toBe(false);
  expect(pacer.expected).toBe(0);
});

test('before the terminal is handed over, open answers are waited for, not for long', () => {
  const pacer = new FramePacer();
  expect(pacer.expectedUntilMs).toBe(-Infinity);
  pacer.sent(100, 1000);
  expect(pacer.expected).toBe(1);
  expect(pacer.expectedUntilMs).toBe(1700);
  pacer.answered(1300);
  expect(pacer.expected).toBe(0);
});
