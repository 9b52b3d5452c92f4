import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

/** The release, packed and installed into a folder without any other package of the repository. */
export interface PackedRelease {
  /** The folder of a project that has healer installed. */
  readonly project: string;
  /** The installed package. */
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  remove(): Promise<void>;
}

/** Packs the release, and installs it with the native package of the repository, as npm would do. It needs no network. */
export async function packRelease(): Promise<PackedRelease> {
  const project = await mkdtemp(join(tmpdir(), 'healer-release-'));
  const script = join(ROOT, 'scripts/release-pack.mjs');
  const { stdout } = await execute(process.execPath, [script, project]);
  const folder = join(project, 'node_modules/healer');
  await mkdir(folder, { recursive: true });
  await execute('tar', ['xzf', stdout.trim(), '-C', folder, '--strip-components=1']);
  for (const name of ['koffi', '@koromix']) {
    await symlink(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  }
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackedRelease['manifest'];
  return { project, folder, manifest, remove: () => rm(project, { recursive: true, force: true }) };
}
