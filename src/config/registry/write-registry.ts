import { readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import Conf from 'conf';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { type Registry, registrySchema } from './registry-content.ts';

/**
 * Replaces the registry in one step, checked against its schema. To be called under its lock. The package writes a
 * draft, which becomes the registry once it was read back: the package takes a write that was cut short for a whole
 * one, and would put a torn file in the place of a good one on a disk that is nearly full.
 * @throws the error of the system call that failed; the registry is then what it was.
 */
export function writeRegistry(path: string, registry: Registry): void {
  // Of a link the file behind it is replaced.
  const target = realPathOf(path);
  const folder = `${target}.draft`;
  // Whatever a writer left behind that was killed.
  rmSync(folder, { recursive: true, force: true });
  try {
    ensureFolder(folder);
    const draft = writeDraft(folder, registry);
    if (readFileSync(draft, 'utf8') !== serialize(registry)) throw cutShort(target);
    renameSync(draft, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Where there is no file yet, the package writes what it is given to begin with. The schema is ours: the package would
 * compile one of its own at each write, two megabytes a time.
 */
function writeDraft(folder: string, registry: Registry): string {
  const conf = new Conf({
    cwd: folder,
    configName: 'registry',
    configFileMode: PRIVATE_FILE,
    defaults: registrySchema.parse(registry),
    accessPropertiesByDotNotation: false,
    serialize,
  });
  return conf.path;
}

function serialize(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function cutShort(path: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), { code: 'ENOSPC', path });
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
