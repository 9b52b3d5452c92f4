import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { requireTool } from '../support/require-tool.ts';
import { waitFor } from '../support/wait-for.ts';

/** Prints the address of its notification socket, and sends READY=1 once the file `$1` exists. */
const PROGRAM = `
import os, socket, sys, time
print(os.environ['NOTIFY_SOCKET'], flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.02)
address = os.environ['NOTIFY_SOCKET']
note = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
note.connect('\\0' + address[1:] if address[0] == '@' else address)
note.send(b'READY=1\\nSTATUS=as ' + str(os.getuid()).encode())
time.sleep(1000)
`;

const SENDER = `
import socket, sys
note = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
address = sys.argv[1]
try:
    note.connect('\\0' + address[1:] if address[0] == '@' else address)
    note.send(b'READY=1\\nSTATUS=forged')
except OSError as error:
    print(error)
`;

test('a program of another user notifies, and other processes of that user and of others do not', async () => {
  requireTool('setpriv');
  await using home = new HealerHome();
  chmodSync(home.folder, 0o755);
  const [program, sender] = [home.write('program.py', PROGRAM), home.write('sender.py', SENDER)];
  const web = {
    ...{ command: '/usr/bin/python3', args: [program, `${home.folder}/go`], user: 'nobody', group: 'nogroup' },
    ready: { notify: true },
  };
  await home.ok('up', '-f', home.write('healer.yaml', JSON.stringify({ processes: { web } })));
  const address = await waitFor(
    async () => /[@/]\S+$/m.exec(await home.ok('logs', 'web'))?.[0] ?? null,
    'the address of the socket',
  );
  for (const uid of ['65534', '54321']) {
    execFileSync('setpriv', [`--reuid=${uid}`, '--regid=65534', '--clear-groups', '/usr/bin/python3', sender, address]);
  }
  home.write('go', '');
  const { stated } = await waitFor(async () => {
    const row = await home.state('web', 'starting', 'running');
    expect(row.stated).not.toBe('forged');
    return row.state === 'running' ? row : null;
  }, 'the program to be ready');
  expect(stated).toBe('as 65534');
});
