import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { headers as createHeaders } from '@nats-io/nats-core';
import { expect, test } from 'vitest';
import { decodeAnswer } from '../../../src/fleet/contract/answers.ts';
import { HEADERS, rpcSubject } from '../../../src/fleet/contract/subjects.ts';
import { bundleProgram } from '../../support/bundled-program.ts';
import { FleetHostRoom, type RawAnswer } from '../../support/fleet-host-room.ts';
import { waitFor } from '../../support/wait-for.ts';

test('a command whose agent is killed is never performed again, and its outcome is unknown', async () => {
  await using room = await FleetHostRoom.open();
  await using program = await bundleProgram('fleet-responder.ts');
  const start = async (): Promise<ChildProcess> => {
    const args = [program.path, String(room.bus.port), room.engine.socketPath, `${room.folder}/killed`];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...program.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  };
  const ask = async (operation: string, timeout = 5_000): Promise<RawAnswer> => {
    const headers = createHeaders();
    headers.set(HEADERS.operation, operation);
    headers.set(HEADERS.deadline, String(Date.now() + 30_000));
    const subject = rpcSubject('eu', 'web-02', 'operate', 'stop', 'ann');
    return decodeAnswer((await room.nats.request(subject, '{"id":"web"}', { headers, timeout })).data);
  };
  const { answerTo } = room.engine.fake;
  const [before, during] = [randomUUID(), randomUUID()];

  let agent = await start();
  room.engine.fake.answerTo = (method, params) => (method === 'stop' ? { id: 'web' } : answerTo(method, params));
  expect(await ask(before)).toMatchObject({ result: { id: 'web' } });
  room.engine.fake.answerTo = (method, params) =>
    method === 'stop' ? new Promise(() => undefined) : answerTo(method, params);
  const unanswered = ask(during, 3_000).catch((error: unknown) => error);
  await waitFor(() => room.calls('stop').length === 2, 'the second command to reach the engine');
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  expect(await unanswered).toBeInstanceOf(Error);

  agent = await start();
  expect(await ask(before)).toMatchObject({ result: { id: 'web' } });
  expect((await ask(during)).error?.data?.code).toBe('OUTCOME_UNKNOWN');
  expect(room.calls('stop')).toHaveLength(2);
  agent.kill('SIGKILL');
});
