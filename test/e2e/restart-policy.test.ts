import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import type { ProcessStateName } from '../../src/protocol/process-state.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

type Rule = NonNullable<ProcessSpecInput['restart']>;
/** The behavior of each run in order; the last one is repeated. */
type Runs = readonly string[];

const WELL = 'exit 0';
const BADLY = 'exit 1';
const KILLED = 'kill -KILL $$';
const UNREQUESTED_TERM = 'kill -TERM $$';
const STAYS = 'exec sleep 100000';

const QUICK: Rule = { backoffMs: [0, 20, 40], jitter: 0 };
const OFTEN: Rule = { cooldown: { restarts: 2, durationMs: 600_000 } };

const TABLE: Readonly<Record<string, readonly [Rule, Runs, ProcessStateName, runs: number]>> = {
  'on-failure-well': [{ policy: 'on-failure' }, [WELL], 'exited', 1],
  'on-failure-badly': [{ policy: 'on-failure' }, [BADLY, STAYS], 'running', 2],
  'on-failure-killed': [{ policy: 'on-failure' }, [KILLED, STAYS], 'running', 2],
  'on-failure-term': [{ policy: 'on-failure' }, [UNREQUESTED_TERM, STAYS], 'running', 2],
  'on-failure-code': [{ policy: 'on-failure', successExitCodes: [0, 7] }, ['exit 7'], 'exited', 1],
  'on-failure-zero': [{ policy: 'on-failure', successExitCodes: [7] }, [WELL, STAYS], 'running', 2],
  'on-failure-after': [{ policy: 'on-failure' }, [BADLY, KILLED, WELL], 'exited', 3],
  'always-well': [{ policy: 'always' }, [WELL, STAYS], 'running', 2],
  'always-badly': [{ policy: 'always' }, [BADLY, STAYS], 'running', 2],
  'always-killed': [{ policy: 'always' }, [KILLED, STAYS], 'running', 2],
  'never-well': [{ policy: 'never' }, [WELL], 'exited', 1],
  'never-badly': [{ policy: 'never' }, [BADLY], 'failed', 1],
  'never-killed': [{ policy: 'never' }, [KILLED], 'failed', 1],
  'never-code': [{ policy: 'never', successExitCodes: [7] }, ['exit 7'], 'exited', 1],
  'attempts-used-up': [{ maxAttempts: 3 }, [BADLY], 'failed', 3],
  'attempts-one': [{ maxAttempts: 1 }, [BADLY], 'failed', 1],
  'attempts-enough': [{ maxAttempts: 3 }, [BADLY, KILLED, STAYS], 'running', 3],
  'attempts-not-in-a-row': [{ policy: 'always', maxAttempts: 2 }, [BADLY, WELL, BADLY, STAYS], 'running', 4],
  'attempts-rarely': [{ maxAttempts: 2, retryIndefinitely: true }, [BADLY], 'backoff', 2],
  'attempts-cleared': [{ maxAttempts: 2, resetAfterMs: 1 }, [BADLY, BADLY, BADLY, STAYS], 'running', 4],
  'cooldown-badly': [OFTEN, [BADLY], 'cooldown', 3],
  'cooldown-well': [{ ...OFTEN, policy: 'always' }, [WELL], 'cooldown', 3],
  'cooldown-over': [{ cooldown: { restarts: 2, durationMs: 200 } }, [BADLY, BADLY, BADLY, STAYS], 'running', 4],
  'cooldown-then-attempts': [{ maxAttempts: 4, cooldown: { restarts: 2, durationMs: 50 } }, [BADLY], 'failed', 4],
};

test('policy, exit status and history decide what happens after an exit, with real programs', async () => {
  await using home = new HealerHome();
  const processes = Object.fromEntries(
    Object.entries(TABLE).map(([id, [rule, runs]]) => [
      id,
      {
        command: 'sh',
        args: ['-c', scriptOf(join(home.folder, `${id}.runs`), runs)],
        restart: { ...QUICK, ...(rule as object) },
      },
    ]),
  );
  const file = join(home.folder, 'healer.yaml');
  writeFileSync(file, JSON.stringify({ processes }));
  await home.ok('up', '-f', file);

  const expected = Object.fromEntries(Object.entries(TABLE).map(([id, [, , state, runs]]) => [id, { state, runs }]));
  let found: unknown;
  await waitFor(async () => {
    found = await outcomes(home);
    return JSON.stringify(found) === JSON.stringify(expected);
  }, 'every program to reach the state that its policy requires').catch(() => undefined);
  expect(found).toEqual(expected);
  await home.down();
});

/** Counts its runs in a file and behaves as defined for the current one. */
function scriptOf(file: string, runs: Runs): string {
  const cases = runs.map((what, at) => `${at === runs.length - 1 ? '*' : String(at + 1)}) ${what};;`);
  return `echo >> "${file}"; case $(($(wc -l < "${file}"))) in ${cases.join(' ')} esac`;
}

async function outcomes(home: HealerHome): Promise<Record<string, { state: ProcessStateName; runs: number }>> {
  const rows = await home.rows();
  return Object.fromEntries(
    Object.keys(TABLE).map((id) => {
      const runs = home.read(`${id}.runs`).length;
      return [id, { state: rows.get(id)?.state ?? 'disabled', runs }];
    }),
  );
}
