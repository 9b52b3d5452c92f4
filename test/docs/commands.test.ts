import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Block, blocksOf, DOCUMENTS } from '../support/documents.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Documents for contributors: their commands are those of CI. */
const FOR_CONTRIBUTORS = new Set(['ARCHITECTURE.md', 'CONTRIBUTING.md']);
/** Why the commands of a block cannot be run on any machine. Anything else has to run. */
const REASONS = /^(?:needs|changes|follows|opens) /;

const isShell = ({ language }: Block): boolean => language === 'sh';
const PAGES = DOCUMENTS.filter((page) => !FOR_CONTRIBUTORS.has(page) && blocksOf(page).some(isShell));

/** A folder with a `healer` on PATH and the examples, in a HEALER_HOME of its own. */
class Room implements AsyncDisposable {
  readonly home = new HealerHome();
  readonly folder: string;

  constructor() {
    const bin = join(this.home.folder, 'bin');
    this.folder = join(this.home.folder, 'project');
    mkdirSync(bin);
    mkdirSync(this.folder);
    writeFileSync(join(bin, 'healer'), `#!/bin/sh\nexec ${process.execPath} ${CLI} "$@"\n`, { mode: 0o755 });
    cpSync(join(ROOT, 'examples'), join(this.folder, 'examples'), { recursive: true });
    // Commands of documents that name a manager's folder must not find the one of this user.
    this.home.extraEnv = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: this.home.folder, TERM: 'dumb' };
  }

  /** Runs the lines of a block one after another; the first failure ends it. */
  run(text: string): ReturnType<typeof finished> {
    return finished(spawn('bash', ['-euo', 'pipefail', '-c', text], { cwd: this.folder, env: this.home.env }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.home[Symbol.asyncDispose]();
  }
}

describe.each(PAGES)('%s', (page) => {
  const blocks = blocksOf(page).filter(isShell);

  test('says why a block is not run', () => {
    for (const { unrun, line } of blocks) if (unrun !== null) expect(unrun, `${page}:${String(line)}`).toMatch(REASONS);
  });

  test('runs from top to bottom', async () => {
    await using room = new Room();
    for (const { text, setup, line } of blocks.filter(({ unrun }) => unrun === null)) {
      const { code, stdout, stderr } = await room.run(`${setup}\n${text}`);
      expect(code, `${page}:${String(line)}\n${text}\n${stdout}${stderr}`).toBe(0);
    }
  });
});

test('the first block of the README can be run again, line by line, and beside programs that run already', async () => {
  const block = blocksOf('README.md').find((each) => isShell(each) && each.unrun === null);
  await using room = new Room();
  await room.home.up('mine - - -- sleep 100000');
  const pid = await room.home.pid('mine');
  const lines = block?.text.trim().split('\n') ?? [];
  expect(lines.length).toBeGreaterThan(4);
  for (const line of [...lines, ...lines]) {
    const { code, stdout, stderr } = await room.run(line);
    expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
  }
  expect(await room.home.pid('mine')).toBe(pid);
  expect([...(await room.home.rows()).keys()]).toEqual(['mine']);
  expect((await room.home.ok('status')).toLowerCase()).toMatch(/healing +on/);
});
