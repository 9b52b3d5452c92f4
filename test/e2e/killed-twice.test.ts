import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

const IDS = Array.from({ length: 40 }, (_, index) => `p${index}`);

function definitions(argument: number): string[] {
  return IDS.map((id) => `${id} - - -- sleep ${argument}`);
}

/** Starts the next engine, and kills it once it has recorded this. */
async function killNextEngineAfter(home: HealerHome, record: string, count: number): Promise<void> {
  const recorded = (): number =>
    existsSync(home.paths.healingLog) ? readFileSync(home.paths.healingLog, 'utf8').split(record).length - 1 : 0;
  const before = recorded();
  const start = finished(home.spawn('up', '-f', home.listFile));
  await waitFor(() => recorded() >= before + count, `${count} records of ${record}`);
  process.kill(home.lockedPid(), 'SIGKILL');
  await start;
}

async function runningIds(home: HealerHome): Promise<string[]> {
  return [...(await home.rows()).values()].filter(({ state }) => state === 'running').map(({ id }) => id);
}

describe('an engine that is killed during its start', () => {
  test.each([1, 20, 40])(
    'after everything was killed (%i exits recorded), leaves no program stopped',
    async (count) => {
      await using home = new HealerHome();
      await home.up(...definitions(200000));
      await waitFor(async () => (await runningIds(home)).length === IDS.length, 'all programs');
      for (const { pid } of home.survivors()) process.kill(pid, 'SIGKILL');
      await killNextEngineAfter(home, '"withEngine":true', count);
      await home.up();
      await waitFor(async () => (await runningIds(home)).length === IDS.length, 'all programs again');
      await home.down();
    },
  );

  test.each([1, 20, 40])('after an edit while none ran (%i adopted), leaves no program as it was', async (count) => {
    await using home = new HealerHome();
    await home.up(...definitions(200000));
    await waitFor(async () => (await runningIds(home)).length === IDS.length, 'all programs');
    await home.killEngine();
    writeFileSync(home.listFile, definitions(200001).join('\n'));
    await killNextEngineAfter(home, ' adopted ', count);
    await home.ok('up', '-f', home.listFile);
    const commands = (): string[] => home.survivors().map(({ command }) => command);
    const of = (argument: number): number => commands().filter((each) => each === `sleep ${argument}`).length;
    await waitFor(() => of(200001) === IDS.length && of(200000) === 0, 'all programs to be restarted');
    expect(of(200001)).toBe(IDS.length);
    await home.down();
  });
});
