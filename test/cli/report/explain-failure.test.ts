import { describe, expect, test } from 'vitest';
import { explainFailure } from '../../../src/cli/report/explain-failure.ts';
import { instancesMeant } from '../../../src/cli/report/instances.ts';
import { startedMeanwhile } from '../../../src/cli/report/started-meanwhile.ts';
import { type ErrorCode, HealerError } from '../../../src/protocol/errors.ts';
import type { EngineApi } from '../../../src/protocol/methods/methods.ts';
import type { ProcessRow } from '../../../src/protocol/snapshot.ts';
import { programRow } from '../../support/program-row.ts';

/** An engine that can only list programs. */
function engineWith(rows: readonly ProcessRow[] | Error): EngineApi {
  const list: EngineApi['list'] = () => (rows instanceof Error ? Promise.reject(rows) : Promise.resolve([...rows]));
  return { list } as unknown as EngineApi;
}

function programs(...ids: readonly string[]): EngineApi {
  return engineWith(ids.map((id) => programRow({ id })));
}

function explain(error: unknown, id: string, api: EngineApi): Promise<HealerError> {
  return explainFailure(error, { action: 'stop', id, api });
}

describe('a failure', () => {
  test.each<[ErrorCode, string]>([
    ['ALREADY_RUNNING', 'cannot stop "web": reason — try "healer restart web"'],
    ['PROCESS_DISABLED', 'cannot stop "web": reason — try "healer enable web"'],
    ['INVALID_STATE', 'cannot stop "web": reason — "healer describe web" shows its state'],
    ['SPAWN_FAILED', 'cannot stop "web": reason — "healer describe web" shows its command'],
    ['TERMINATE_FAILED', 'cannot stop "web": reason — "healer describe web" shows the remaining processes'],
    ['TIMEOUT', 'cannot stop "web": reason — "healer describe web" shows its state'],
    ['FORBIDDEN', 'cannot stop "web": reason'],
    ['IO_ERROR', 'cannot stop "web": reason'],
  ])('%s ends with the next step, if there is one', async (code, message) => {
    const explained = await explain(new HealerError(code, 'reason', { id: 'web' }), 'web', programs());
    expect(explained).toMatchObject({ code, message, data: { id: 'web' } });
  });

  test.each<[what: string, id: string, ids: string[], step: string]>([
    ['a similar id', 'wbe', ['web', 'db'], 'did you mean "web"?'],
    ['a similar name of instances', 'workr', ['worker-0', 'worker-1'], 'did you mean "worker"?'],
    ['nothing similar', 'zzzzzz', ['web', 'db'], '"healer ls" lists all ids'],
    ['no programs', 'web', [], '"healer ls" lists all ids'],
    ['instances', 'web', ['web-0', 'web-1', 'db'], 'its instances are web-0, web-1'],
    [
      'many instances',
      'web',
      Array.from({ length: 8 }, (_, index) => `web-${index}`),
      'its instances are web-0, web-1, web-2, web-3, web-4 and 3 more',
    ],
  ])('for an unknown id suggests %s', async (_what, id, ids, step) => {
    const error = new HealerError('PROCESS_NOT_FOUND', `cannot stop "${id}": no such program`);
    expect((await explain(error, id, programs(...ids))).message).toBe(`cannot stop "${id}": no such program — ${step}`);
  });

  test('has a next step even if programs cannot be listed', async () => {
    const error = new HealerError('PROCESS_NOT_FOUND', 'no such program');
    const { message } = await explain(error, 'web', engineWith(new Error('gone')));
    expect(message).toBe('cannot stop "web": no such program — "healer ls" lists all ids');
  });

  test('gets no second next step if the message already ends with one', async () => {
    const error = new HealerError('INVALID_STATE', 'cannot remove "web": it is defined in a.yaml:2 — delete it there');
    const { code, message } = await explain(error, 'web', programs('web'));
    expect(code).toBe('INVALID_STATE');
    expect(message).toBe('cannot remove "web": it is defined in a.yaml:2 — delete it there');
  });

  test('is unchanged if the engine suggested an id itself', async () => {
    const error = new HealerError('PROCESS_NOT_FOUND', 'no such program — did you mean "db"?', { nearest: 'db' });
    expect(await explain(error, 'bd', programs('db'))).toBe(error);
  });
});

describe('the instances that an id stands for', () => {
  const notFound = new HealerError('PROCESS_NOT_FOUND', 'no such program');

  test.each<[string, string[], string[]]>([
    ['web', ['web-0', 'web-1', 'db'], ['web-0', 'web-1']],
    ['web', ['web-api', 'web-0a', 'webber-0'], []],
    ['web', [], []],
    ['web-1', ['web-1-0'], ['web-1-0']],
  ])('"%s" among %j: %j', async (id, ids, meant) => {
    expect(await instancesMeant(notFound, id, programs(...ids))).toEqual(meant);
  });

  test('are not looked up after another failure', async () => {
    const never = engineWith(new Error('must not be called'));
    expect(await instancesMeant(new HealerError('TIMEOUT', 'too slow'), 'web', never)).toEqual([]);
  });
});

describe('a program whose start was refused', () => {
  const refused = new HealerError('ALREADY_RUNNING', 'it is running');
  const began = (): number => performance.now() - 1000;

  test.each<[what: string, row: Partial<ProcessRow>, isDone: boolean]>([
    ['started by this command', { id: 'db', uptimeMs: 500, state: 'starting', pid: 7 }, true],
    ['waiting since this command', { id: 'db', uptimeMs: null, state: 'waiting', pid: null }, true],
    ['running for longer', { id: 'db', uptimeMs: 60_000 }, false],
    ['of another id', { id: 'web', uptimeMs: 500 }, false],
  ])('%s', async (_what, row, isDone) => {
    const result = await startedMeanwhile(refused, 'db', engineWith([programRow(row)]), began());
    if (isDone) expect(result).toMatchObject({ id: 'db', state: row.state, pid: row.pid, forced: false });
    else expect(result).toBeNull();
  });

  test('for another reason was not started', async () => {
    const rows = [programRow({ id: 'db', uptimeMs: 0 })];
    expect(await startedMeanwhile(new Error('broken'), 'db', engineWith(rows), began())).toBeNull();
  });
});
