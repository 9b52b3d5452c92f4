/** Runs the tests that need root, with sudo or in a user namespace if necessary: `npm run test:root [-- FILTER…]`. */
import { spawnSync } from 'node:child_process';

const VITEST = ['npx', 'vitest', 'run', '--config', 'test/root/vitest.config.ts', ...process.argv.slice(2)];
/** Namespaces that map the whole range of ids, because tests change to the user `nobody`. */
const UNSHARE = ['unshare', '--map-root-user', '--map-auto', '--mount'];
const PATH = `PATH=${process.env.PATH ?? ''}`;
const PROBE = 'mount -t tmpfs tmpfs /mnt && setpriv --reuid=65534 --regid=65534 --clear-groups true';

const ways = [
  { command: VITEST, isPossible: () => process.getuid?.() === 0 },
  { command: ['sudo', '-n', 'env', PATH, ...VITEST], isPossible: () => succeeds(['sudo', '-n', 'true']) },
  { command: [...UNSHARE, ...VITEST], isPossible: () => succeeds([...UNSHARE, 'sh', '-c', PROBE]) },
];

function succeeds([file, ...args]) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

const way = ways.find(({ isPossible }) => isPossible());
if (way === undefined) {
  console.error(
    'Cannot run the tests that need root: this user is not root, "sudo -n true" fails, and "unshare --map-root-user --map-auto" ' +
      'cannot mount file systems or change users. Run "npm run test:root" as root, or allow sudo without a password.',
  );
  process.exitCode = 1;
} else {
  const [file, ...args] = way.command;
  process.exitCode = spawnSync(file, args, { stdio: 'inherit' }).status ?? 1;
}
