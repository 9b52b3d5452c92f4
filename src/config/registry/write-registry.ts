import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { ownHome } from '../../base/own-user.ts';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../base/atomic-file.ts';
import { type Registry, registrySchema } from './registry-content.ts';

type ConfClass = typeof import('conf').default;

/** Writes the registry. @throws Error the failed system call; the registry is then unchanged */
export type RegistryWriter = (path: string, registry: Registry) => void;

let loaded: Promise<ConfClass> | undefined;

/** Resolves to the function that writes the registry, once the package that it needs is loaded. */
export async function loadRegistryWriter(): Promise<RegistryWriter> {
  const Conf = await (loaded ??= loadConf());
  return (path, registry) => writeRegistry(path, registry, Conf);
}

/** The package looks up the home folder when it is loaded, which fails for a user without any. It does not use that folder here. */
async function loadConf(): Promise<ConfClass> {
  const isHomeless = (process.env['HOME'] ?? '') === '' && ownHome() === null;
  if (isHomeless) process.env['HOME'] = '/';
  try {
    return (await import('conf')).default;
  } finally {
    if (isHomeless) delete process.env['HOME'];
  }
}

/**
 * Validates and replaces the registry atomically. Call it under the registry's lock. The package `conf` does not notice
 * a truncated write on a nearly full disk, so it writes a draft, which is read back before it replaces the registry.
 */
function writeRegistry(path: string, registry: Registry, Conf: ConfClass): void {
  // Replace the target of a symbolic link, not the link.
  const target = realPathOf(path);
  const folder = `${target}.draft`;
  // Remove what a killed writer left behind.
  rmSync(folder, { recursive: true, force: true });
  try {
    // Fails if something is in its place: a link there may lead to any folder.
    mkdirSync(folder, { mode: PRIVATE_FOLDER });
    const draft = writeDraft(folder, registry, Conf);
    if (readFileSync(draft, 'utf8') !== serialize(registry)) throw cutShort(target);
    renameSync(draft, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Uses `defaults`, which the package writes when the file does not exist. The content is validated here, because the
 * package would compile its own schema at each write and use 2 MB of memory each time.
 */
function writeDraft(folder: string, registry: Registry, Conf: ConfClass): string {
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
