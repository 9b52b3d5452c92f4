import { describe, expect, test } from 'vitest';
import { isJudgedLauncher, parseLaunch } from '../../../src/policy/remote-access/launches.ts';

const at = (name: string): string => `/usr/bin/${name}`;

/** The launcher, its arguments, and the number of words before the program. */
const UNDERSTOOD: readonly (readonly [string, string, number])[] = [
  ['nice', 'app x', 0],
  ['nice', '-n 5 app x', 2],
  ['nice', '-n5 app', 1],
  ['nice', '-5 app', 1],
  ['nice', '--adjustment=5 -- app', 2],
  ['nohup', 'app', 0],
  ['nohup', '-- app', 1],
  ['setsid', '-fw --ctty app -f', 2],
  ['timeout', '5 app', 1],
  ['timeout', '-k 1 --signal=KILL -v 1.5m app 5', 5],
  ['timeout', '-sKILL .5h app', 2],
  ['ionice', '-c 3 -n7 -t app', 4],
  ['chrt', '-r 10 app', 2],
  ['chrt', '-d -T 5 --sched-period 9 0 app', 6],
  ['taskset', '-c 0,2-3 app', 2],
  ['taskset', '0x3 app', 1],
  ['stdbuf', '-oL -e 0 app', 3],
  ['env', 'app', 0],
  ['env', '-i PORT=80 -u HOME app A=1', 4],
  ['env', '--unset=X --default-signal=PIPE app', 2],
  ['prlimit', '--nofile=10:20 -n=5 -v app', 3],
  ['choom', '-n 100 -- app', 3],
];

describe('the command line of a launcher', () => {
  test.each(UNDERSTOOD)('%s %s is divided after %d words', (name, line, count) => {
    const args = line.split(' ');
    expect(parseLaunch(at(name), args)).toEqual({
      before: args.slice(0, count),
      command: 'app',
      args: args.slice(count + 1),
    });
  });

  test.each([
    ['env', '-S app'],
    ['env', '-iSapp'],
    ['env', '--split-string=app'],
    ['env', '--sp=app'],
    ['env', '-C /bin ./sh'],
    ['env', '--chdir=/bin sh'],
    ['env', '-a sh app'],
    ['env', '--argv0=sh app'],
    ['env', 'LD_PRELOAD=/x app'],
    ['env', '-- PATH=/x app'],
    ['env', 'A=1 =x app'],
    ['env', 'BASH_FUNC_x%%=() app'],
    ['prlimit', '--core=unlimited app'],
    ['prlimit', '-c=unlimited app'],
    ['prlimit', '-cunlimited app'],
    ['prlimit', '--cor=unlimited app'],
    ['prlimit', '-p 1 app'],
    ['prlimit', '--pid=1'],
    ['taskset', '-p 1 1'],
    ['taskset', '-cp 1 1'],
    ['taskset', 'app'],
    ['chrt', '-p 1 1'],
    ['chrt', '-r app'],
    ['ionice', '-p 1'],
    ['ionice', '-u 1'],
    ['choom', '-p 1'],
    ['timeout', 'app'],
    ['timeout', '-k'],
    ['timeout', '-t 5 app'],
    ['timeout', '5'],
    ['setsid', '--help'],
    ['nohup', '-x app'],
    ['nice', ''],
    ['stdbuf', '-oL'],
  ])('%s %s is refused', (name, line) => {
    expect(parseLaunch(at(name), line === '' ? [] : line.split(' '))).toEqual(expect.any(String));
  });

  test('is understood only for the launchers that the documentation names', () => {
    const named = 'nice nohup setsid timeout ionice chrt taskset stdbuf env prlimit choom'.split(' ');
    for (const name of named) expect(isJudgedLauncher(at(name))).toBe(true);
    for (const name of 'flock xargs watch chroot unshare sudo time script uclampset toString nice2 constructor'.split(
      ' ',
    )) {
      expect(isJudgedLauncher(at(name))).toBe(false);
    }
  });
});
