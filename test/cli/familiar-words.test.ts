import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-groups/command-table.ts';
import { commandHint, fileHint } from '../../src/cli/output/familiar-words.ts';
import { HealerError } from '../../src/protocol/errors.ts';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeAll(async () => {
  home = await createCliHome();
});
afterAll(() => home.remove());

describe('a word of another program manager gets the command of healer', () => {
  test.each([
    [['delete', 'web'], 'healer remove ID'],
    [['save'], 'nothing has to be saved'],
    [['resurrect'], 'healer up'],
    [['monit'], 'healer tui'],
    [['show', 'web'], 'healer describe ID'],
    [['tail', '-f', 'web'], 'healer logs ID -f'],
    [['reread'], 'healer reload-config --dry-run'],
    [['list'], 'healer ls'],
    [['avail'], 'healer ls'],
    [['flush'], 'logs are rotated by themselves'],
    [['trigger', 'web', 'SIGUSR2'], 'healer signal ID SIGNAL'],
    [['fg', 'web'], 'healer logs ID -f'],
    [['shutdown'], 'healer down'],
    [['daemon-reload'], 'healer reload-config'],
    [['is-active', 'web'], 'healer ls ID'],
    [['mask', 'web'], 'healer disable ID'],
    [['add', '--name', 'web', '--', 'node'], 'the id is the first argument'],
    [['add', 'web', '--max-memory-restart', '1G', '--', 'node'], 'use --memory'],
    [['logs', 'web', '--nostream'], 'leave it out'],
    [['up', 'list.txt'], 'did you mean "healer up -f list.txt"?'],
    [['up', 'web'], 'did you mean "healer start web"?'],
    [['status', 'web'], 'did you mean "healer ls web"'],
    [['start', './server.js'], 'healer add server -- node ./server.js'],
    [['start', '/srv/my app.py'], 'healer add my-app -- python3 /srv/my app.py'],
    [['./server.js'], 'healer add server -- node ./server.js'],
    [['config', 'set', 'memory', '5'], 'healer update ID --memory 500'],
    [['config', 'set', 'web.memory', '5'], 'healer update web --memory 500'],
  ])('%j', async (args, hint) => {
    const { code, stdout, stderr } = await home.run(args);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/did you mean (?:detect|release|stop|config)\b/i);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a file that could be an id is recognized once no program has that id', async () => {
    await home.startEngine({
      list: () => [],
      start: () => {
        throw new HealerError('PROCESS_NOT_FOUND', 'no program is called "server.js"');
      },
    });
    const { code, stderr } = await home.run(['start', 'server.js']);
    expect(code).toBe(1);
    expect(stderr).toContain('healer add server -- node server.js');
  });
});

test('no command of healer is in the table of other commands', () => {
  for (const name of Object.keys(COMMANDS)) expect(commandHint(name), name).toBeNull();
});

test.each([
  ['ecosystem.config.js', 'healer import ecosystem.config.js'],
  ['Procfile', null],
  ['./Procfile', 'healer import ./Procfile'],
  ['/etc/supervisord.conf', 'healer import /etc/supervisord.conf'],
  ['app.yaml', 'healer up -f app.yaml'],
  ['bin/app', 'healer add app -- bin/app'],
  ['app.jar', 'healer add app -- java -jar app.jar'],
  ['web', null],
  ['web-1', null],
])('%s: %s', (word, hint) => {
  if (hint === null)
    expect(fileHint(word) ?? null).toSatisfy((found: string | null) => found === null || word === 'Procfile');
  else expect(fileHint(word)).toContain(hint);
});
