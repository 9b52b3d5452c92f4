import { afterAll, beforeAll, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI } from '../support/run-cli.ts';
import { KEYS, Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const LINES = 30_000;
/** Some 100 bytes in the file for each line, so that the log is rotated about three times. */
const WRITER = `
for (let i = 1; i <= ${String(LINES)}; i += 1) console.log('line ' + i + ' ' + 'x'.repeat(60));
setInterval(() => 0, 100_000);
`;

let home: HealerHome;

beforeAll(async () => {
  home = new HealerHome();
  const command = `{ command: ${JSON.stringify(process.execPath)}, args: [writer.cjs] }`;
  home.write('writer.cjs', WRITER);
  const file = home.write(
    'healer.yaml',
    `processes:\n  many: ${command.replace('}', `, cwd: ${JSON.stringify(home.folder)}, logs: { maxSizeMb: 1, keep: 9 } }`)}\n`,
  );
  await home.ok('up', '-f', file);
  await waitFor(
    async () => {
      const [newest] = await home.ask((api) => api.logs({ id: 'many', tail: 1 }));
      return newest?.text.startsWith(`line ${String(LINES)} `) === true;
    },
    'all lines to be in the log',
    60_000,
  );
});

afterAll(async () => {
  await home.down();
  await home[Symbol.asyncDispose]();
});

test('a jump to a line or a time and a bookmark reach into rotated files', async () => {
  await using terminal = new Terminal([process.execPath, CLI, 'tui'], { env: home.env, columns: 120, rows: 30 });
  await terminal.waitFor('● running');
  terminal.key('l');
  await terminal.waitFor(`line ${String(LINES)} x`);

  await goTo(terminal, '120');
  await terminal.waitFor(`line 120 of ${String(LINES)}`);
  await terminal.waitFor(/▌.*line 120 x/);
  terminal.key('b');
  await terminal.waitFor(/✓.*line 120 x/);

  terminal.key('G');
  await terminal.waitFor(`line ${String(LINES)} x`);
  terminal.key('"');
  await terminal.waitFor('bookmark 1 of 1');
  await terminal.waitFor(/✓.*line 120 x/);

  await goTo(terminal, '2020-01-01');
  await terminal.waitFor('2020-01-01 00:00:00 is before the oldest line that is kept');
  await terminal.waitFor('line 1 x');
});

async function goTo(terminal: Terminal, place: string): Promise<void> {
  terminal.key('@');
  await terminal.waitFor('go to:');
  terminal.key(place);
  await terminal.waitFor(`go to: ${place}`);
  terminal.key(KEYS.enter);
}
