import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { finished } from '../support/run-cli.ts';

/** A home with the files of two projects. */
class TwoProjects extends HealerHome {
  readonly first = this.#project('a', 'web');
  readonly second = this.#project('b', 'api');

  #project(name: string, id: string): string {
    mkdirSync(join(this.folder, name));
    const file = join(this.folder, name, 'healer.yaml');
    writeFileSync(file, `processes:\n  ${id}: { command: sleep, args: [200000] }\n`);
    return file;
  }

  async ids(): Promise<string> {
    return [...(await this.rows()).keys()].sort().join();
  }

  /** Kills the engine, its helpers and its programs in one go, as the end of a container does. */
  killAll(except = 0): void {
    for (const { pid } of this.survivors()) if (pid !== except) process.kill(pid, 'SIGKILL');
  }
}

describe('the files of a second "healer up"', () => {
  test.each([0, 1, 3, 8, 20])('are known after everything was killed %i ms after its answer', async (ms) => {
    await using home = new TwoProjects();
    await home.ok('up', '-f', home.first);
    await home.ok('up', '-f', home.second);
    if (ms > 0) await pause(ms);
    home.killAll();
    await home.ok('up', '-f', home.first);
    expect(await home.ids()).toBe('api,web');
  });

  test.each([0, 150, 300, 450])('are known if it answered, although everything is killed after %i ms', async (ms) => {
    await using home = new TwoProjects();
    await home.ok('up', '-f', home.first);
    const command = home.spawn('up', '-f', home.second);
    const answer = finished(command);
    await Promise.race([pause(ms), answer]);
    home.killAll(command.pid);
    const { code } = await answer;
    await home.ok('up', '-f', home.first);
    const ids = await home.ids();
    expect(code === 0 ? ['api,web'] : ['api,web', 'web']).toContain(ids);
    await home.ok('up', '-f', home.second);
    expect(await home.ids()).toBe('api,web');
  });

  test('are recorded again if their record is damaged while the engine runs', async () => {
    await using home = new TwoProjects();
    await home.ok('up', '-f', home.first);
    await home.ok('up', '-f', home.second);
    const before = home.read('state/default/sources.json');
    writeFileSync(home.paths.sourcesFile, '{"ups":[]}');
    await expect.poll(() => home.read('state/default/sources.json')).toBe(before);
  });
});
