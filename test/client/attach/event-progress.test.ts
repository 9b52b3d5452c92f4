import { expect, test } from 'vitest';
import { resumeAfter, unseenEvents } from '../../../src/client/attach/event-progress.ts';
import { engineEvent } from '../../support/program-row.ts';

test.each([
  ['starts after the newest event when only new ones are requested', null, 41, 41],
  ['resumes after the last event delivered', 40, 45, 40],
  ['waits for the next event when all were delivered', 45, 45, 45],
  ['starts over with an engine that lost its history', 45, 3, 0],
  ['starts with the first event of a new engine', null, 0, 0],
])('%s', (_name, progress, newest, after) => {
  expect(resumeAfter(progress, newest)).toBe(after);
});

test('returns only events after the progress, and advances it', () => {
  const events = [engineEvent(3), engineEvent(4), engineEvent(5)];
  expect(unseenEvents(events, 3)).toEqual({ fresh: events.slice(1), progress: 5 });
  expect(unseenEvents(events, 5)).toEqual({ fresh: [], progress: 5 });
  expect(unseenEvents([], 5)).toEqual({ fresh: [], progress: 5 });
});
