import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FleetHostRoom, WEB } from '../../support/fleet-host-room.ts';
import { waitFor } from '../../support/wait-for.ts';

let room: FleetHostRoom;

beforeEach(async () => {
  room = await FleetHostRoom.open();
  room.engine.fake.putRow('web', { state: 'running' });
});

afterEach(async () => {
  await room[Symbol.asyncDispose]();
});

/** Lets every "stop" wait until the returned function is called. */
function holdStops(): (result: unknown) => void {
  const { answerTo } = room.engine.fake;
  const waiting: ((result: unknown) => void)[] = [];
  room.engine.fake.answerTo = (method, params) =>
    method === 'stop' ? new Promise((resolve) => waiting.push(resolve)) : answerTo(method, params);
  return (result) => {
    for (const resolve of waiting) resolve(result);
  };
}

test('a command survives that the server of the bus is killed: it runs once, and its answer arrives', async () => {
  const finish = holdStops();
  const caller = await room.caller();
  const answer = caller.call(WEB, 'stop', { id: 'web' });
  await waitFor(() => room.calls('stop').length === 1, 'the command to begin');
  await room.bus.kill();
  finish({ id: 'web', state: 'stopped' });
  await wait(500);
  await room.bus.restart();
  expect(await answer).toMatchObject({ result: { state: 'stopped' } });
  expect(room.calls('stop')).toHaveLength(1);
  expect(await caller.call(WEB, 'list', {})).toMatchObject({ result: [{ id: 'web' }] });
});

test('a command that the server delivers after the deadline is not performed', async () => {
  await room.bus.suspend();
  const answer = room.send({ method: 'stop', params: { id: 'web' }, deadlineMs: 500 });
  await wait(1_500);
  room.bus.resume();
  expect((await answer).error).toMatchObject({ message: expect.stringContaining('after its deadline') });
  expect(room.calls('stop')).toEqual([]);
});

test('a command whose answer never arrives ends as unknown, and was performed at most once', async () => {
  holdStops();
  const caller = await room.caller();
  const answer = caller.call(WEB, 'stop', { id: 'web' }).catch((error: unknown) => error);
  await waitFor(() => room.calls('stop').length === 1, 'the command to begin');
  await room.bus.kill();
  expect(await answer).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(room.calls('stop')).toHaveLength(1);
});
