import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CLI } from '../support/run-cli.ts';
import { openShell, type Shell, shows } from '../support/shell.ts';
import { startTcpRelay } from '../support/tcp-relay.ts';
import { TwoHosts } from '../support/two-hosts.ts';
import { waitFor } from '../support/wait-for.ts';

/** How long the hub is away once the screen says so; `HEALER_AWAY_S=600` is ten minutes. */
const AWAY_MS = Number(process.env['HEALER_AWAY_S'] ?? '20') * 1000;
/** After the hub is back, rows must be back within this time. */
const BACK_MS = 20_000;
const SAMPLE_MS = 500;
/** More than the collector of garbage leaves for a moment. */
const GROWTH_MB = 40;

/** Returns the process of the terminal UI of a home. */
function uiOf(folder: string): number {
  const found = readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && isUi(pid, folder));
  if (found === undefined) throw new Error('the terminal UI does not run');
  return Number(found);
}

function isUi(pid: string, folder: string): boolean {
  try {
    const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'latin1');
    return read('cmdline').endsWith('fleet\0tui\0') && read('environ').includes(`HEALER_HOME=${folder}\0`);
  } catch {
    return false;
  }
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'latin1'))?.[1]) / 1024;
}

/** Returns how long ago a host was heard according to the screen, in s: the column after the version. */
function ageOn(screen: string, host: string): number {
  const line = screen.split('\n').find((each) => each.includes(host)) ?? '';
  const [, count, unit] = / \d+\.\d+\.\d+ +(\d+)([sm])(?: |$)/.exec(line) ?? [];
  return Number(count ?? 0) * (unit === 'm' ? 60 : 1);
}

/** Looks at the screen for some time: both hosts stay on it as they were. */
async function watch(shell: Shell, forMs: number): Promise<void> {
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const screen = shell.screen();
    expect(screen).toMatch(/^ healer fleet {2}2 hosts 2 live .*hub 127\.0\.0\.2:\d+ away for \d+ s/);
    expect(screen).toMatch(/hub-01 .*\n/);
    expect(screen).toMatch(/web-02 .*\n/);
    expect(screen).not.toMatch(/lost|late/i);
    await sleep(SAMPLE_MS);
  }
}

test(
  'while the hub is cut off, the screen of hosts says so, keeps what was known and answers keys; then everything is back',
  async () => {
    await using fleet = new TwoHosts();
    const relay = await fleet.formBehind(startTcpRelay);
    try {
      await fleet.sees('hub-01', 'live');
      await using shell = await openShell({ columns: 120, rows: 30 });
      shell.type(`HEALER_HOME=${fleet.hub.folder} ${process.execPath} ${CLI} fleet tui`);
      await shows(shell, /2 live[^]*hub-01[^]*web-02|2 live[^]*web-02[^]*hub-01/);
      const pid = uiOf(fleet.hub.folder);

      relay.cut();
      await shows(shell, /hub 127\.0\.0\.2:\d+ away for/);
      const before = residentMb(pid);
      await waitFor(() => ageOn(shell.screen(), 'web-02') > 0, 'the age of the host');
      const first = ageOn(shell.screen(), 'web-02');
      await watch(shell, AWAY_MS);
      const last = ageOn(shell.screen(), 'web-02');
      expect(last).toBeGreaterThan(first);
      expect(last - first).toBeGreaterThanOrEqual(AWAY_MS / 1000 - 60);

      shell.press('/');
      await shows(shell, 'filter:');
      shell.press('w', 'e', 'b');
      await shows(shell, /filter: web.*1 of 2/);
      shell.press('Escape');
      await shows(shell, /hub-01/);
      await watch(shell, 2000);
      expect(residentMb(pid) - before).toBeLessThan(GROWTH_MB);

      relay.restore();
      const isBack = (): boolean => /2 hosts 2 live .*hub 127\.0\.0\.2:\d+ \d+ ms/.test(shell.screen());
      await waitFor(isBack, 'the hub to be back', BACK_MS);
      await waitFor(() => /web-02 .* now/.test(shell.screen()), 'the host to be seen now', BACK_MS);
      shell.press('q');
      await shows(shell, /ready>\s*$/);
    } finally {
      await relay[Symbol.asyncDispose]();
    }
  },
  240_000 + AWAY_MS,
);
