import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePipesFolder, removePipesFolder } from '../../../src/config/instance/pipes-folder.ts';
import { ownUid } from '../../../src/base/own-user.ts';

/** A file system in memory, as every Linux has it. */
let memory: string;
let disk: string;
let home: string;
beforeEach(() => {
  memory = mkdtempSync('/dev/shm/healer-test-');
  // The build folder of the checkout is on a disk even where the temporary folder is in memory.
  disk = mkdtempSync(join(process.cwd(), 'node_modules', '.pipes-'));
  home = join(disk, 'home');
});
afterEach(() => {
  rmSync(memory, { recursive: true });
  rmSync(disk, { recursive: true });
});

const pipesOf = (folder: string): string => join(folder, 'run', 'default.pipes');
const own = (): string => join(memory, `healer-${String(ownUid())}`);
const places = (): readonly string[] => (existsSync(own()) ? readdirSync(own()) : []);

test('pipes beside a runtime folder on a disk are kept in memory, and removed with their folder there', () => {
  ensurePipesFolder(pipesOf(home), memory);
  const target = readlinkSync(pipesOf(home));
  expect(target.startsWith(`${own()}/`)).toBe(true);
  expect(statSync(target).mode & 0o777).toBe(0o700);
  writeFileSync(join(pipesOf(home), 'web.1.out'), '');
  expect(readdirSync(target)).toEqual(['web.1.out']);
  ensurePipesFolder(pipesOf(home), memory);
  expect(readlinkSync(pipesOf(home))).toBe(target);
  removePipesFolder(pipesOf(home), memory);
  expect([readdirSync(join(home, 'run')), readdirSync(memory)]).toEqual([[], []]);
});

test('a runtime folder in memory contains its pipes itself', () => {
  const inMemory = join(memory, 'home');
  ensurePipesFolder(pipesOf(inMemory), memory);
  expect(lstatSync(pipesOf(inMemory)).isDirectory()).toBe(true);
  expect(places()).toEqual([]);
  removePipesFolder(pipesOf(inMemory), memory);
  expect(readdirSync(join(inMemory, 'run'))).toEqual([]);
});

test('a folder with pipes of an earlier version stays; an empty one is replaced', () => {
  mkdirSync(pipesOf(home), { recursive: true });
  writeFileSync(join(pipesOf(home), 'web.1.out'), '');
  ensurePipesFolder(pipesOf(home), memory);
  expect(lstatSync(pipesOf(home)).isDirectory()).toBe(true);
  rmSync(join(pipesOf(home), 'web.1.out'));
  ensurePipesFolder(pipesOf(home), memory);
  expect(lstatSync(pipesOf(home)).isSymbolicLink()).toBe(true);
});

test('a restart of the machine empties the memory: the link is replaced', () => {
  ensurePipesFolder(pipesOf(home), memory);
  rmSync(own(), { recursive: true });
  ensurePipesFolder(pipesOf(home), memory);
  expect(readdirSync(pipesOf(home))).toEqual([]);
  expect(places()).toHaveLength(1);
  rmSync(own(), { recursive: true });
  // Now there is no memory to use either.
  ensurePipesFolder(pipesOf(home), join(disk, 'none'));
  expect(lstatSync(pipesOf(home)).isDirectory()).toBe(true);
});

test('a copy of the home gets pipes of its own, and its removal leaves those of the original', () => {
  ensurePipesFolder(pipesOf(home), memory);
  writeFileSync(join(pipesOf(home), 'web.1.out'), '');
  const copy = join(disk, 'copy');
  cpSync(home, copy, { recursive: true, verbatimSymlinks: true });
  expect(readlinkSync(pipesOf(copy))).toBe(readlinkSync(pipesOf(home)));
  removePipesFolder(pipesOf(copy), memory);
  expect(readdirSync(pipesOf(home))).toEqual(['web.1.out']);
  cpSync(home, copy, { recursive: true, verbatimSymlinks: true });
  ensurePipesFolder(pipesOf(copy), memory);
  expect(readdirSync(pipesOf(copy))).toEqual([]);
  expect(readdirSync(pipesOf(home))).toEqual(['web.1.out']);
});

test('a home that is moved keeps its pipes, and a new one in the old place gets its own', () => {
  ensurePipesFolder(pipesOf(home), memory);
  writeFileSync(join(pipesOf(home), 'web.1.out'), '');
  const moved = join(disk, 'moved');
  renameSync(home, moved);
  ensurePipesFolder(pipesOf(moved), memory);
  ensurePipesFolder(pipesOf(home), memory);
  expect(readdirSync(pipesOf(moved))).toEqual(['web.1.out']);
  expect(readdirSync(pipesOf(home))).toEqual([]);
  removePipesFolder(pipesOf(moved), memory);
  expect(readdirSync(pipesOf(home))).toEqual([]);
});

test('folders of homes that were removed while no engine was running are removed by a later engine', () => {
  const other = join(disk, 'other');
  ensurePipesFolder(pipesOf(home), memory);
  ensurePipesFolder(pipesOf(other), memory);
  rmSync(other, { recursive: true });
  ensurePipesFolder(pipesOf(join(disk, 'third')), memory);
  // The link to a folder may be about to be made.
  expect(places()).toHaveLength(3);
  const minutesAgo = new Date(Date.now() - 300_000);
  for (const name of places()) utimesSync(join(own(), name), minutesAgo, minutesAgo);
  ensurePipesFolder(pipesOf(join(disk, 'fourth')), memory);
  expect(places()).toHaveLength(3);
  for (const kept of ['home', 'third', 'fourth']) expect(readdirSync(pipesOf(join(disk, kept)))).toEqual([]);
});

test('a folder in memory that others can change is not used', () => {
  mkdirSync(own());
  chmodSync(own(), 0o777);
  ensurePipesFolder(pipesOf(home), memory);
  expect(lstatSync(pipesOf(home)).isDirectory()).toBe(true);
  expect(places()).toEqual([]);
});

test('a link to any other place is replaced, and what it leads to stays', () => {
  const elsewhere = join(disk, 'elsewhere');
  mkdirSync(join(home, 'run'), { recursive: true });
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'file'), '');
  symlinkSync(elsewhere, pipesOf(home));
  ensurePipesFolder(pipesOf(home), memory);
  expect(readdirSync(pipesOf(home))).toEqual([]);
  rmSync(pipesOf(home));
  symlinkSync(elsewhere, pipesOf(home));
  removePipesFolder(pipesOf(home), memory);
  expect(readdirSync(elsewhere)).toEqual(['file']);
});
