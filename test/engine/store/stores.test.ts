import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureFolder } from '../../../src/base/atomic-file.ts';
import { type Paths, resolvePaths } from '../../../src/config/instance/paths.ts';
import { createStores, loadStores, type Recollection } from '../../../src/engine/store/stores.ts';

let folder: string;
let paths: Paths;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-stores-'));
  paths = resolvePaths({ HEALER_HOME: folder });
  ensureFolder(paths.stateDir);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(): Recollection {
  return loadStores(createStores(paths, 'this-boot'), 1_700_000_000_000);
}

describe('the files of an earlier engine in the state folder', () => {
  it('may be missing on the first start', () => {
    expect(load()).toEqual({
      stored: { bootId: null, programs: new Map(), lastSeq: 0, released: new Map(), digest: null, problems: [] },
      cooldowns: new Map(),
      cooldownSeq: null,
      holds: { all: null, programs: {} },
      totals: { totals: new Map(), exists: false, problem: null },
      problems: [],
    });
  });

  it('keeps a copy of each damaged file, reports each one and continues without them', () => {
    const damaged = [paths.stateFile, paths.cooldownFile, paths.holdFile, paths.totalsFile];
    for (const file of damaged) writeFileSync(file, '{"version": 1, torn}\n');
    const { cooldowns, holds, problems } = load();
    expect([cooldowns.size, holds.all]).toEqual([0, null]);
    for (const file of damaged) {
      const name = file.slice(paths.stateDir.length + 1);
      expect(problems.filter((problem) => problem.includes(name))).not.toEqual([]);
      expect(readdirSync(paths.stateDir).filter((entry) => entry.startsWith(`${name}.`))).toHaveLength(1);
    }
  });
});
