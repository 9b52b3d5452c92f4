import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_VERSION } from '../../src/base/package-version.ts';
import { CLI } from './run-cli.ts';

const STAND_IN = fileURLToPath(new URL('../fixtures/stand-in-engine.js', import.meta.url));

interface StandInCli {
  readonly cli: string;
  remove(): Promise<void>;
}

/** Copies the built command line, with an engine that answers at once and shows the arguments it was started with. */
export async function createStandInCli(): Promise<StandInCli> {
  const folder = await mkdtemp(join(tmpdir(), 'healer-bundle-'));
  const isNeeded = (path: string): boolean => !path.endsWith('.map');
  await cp(dirname(CLI), folder, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  await writeFile(join(folder, 'engine.cjs'), 'import("./engine.js");');
  await cp(STAND_IN, join(folder, 'engine.js'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', version: PACKAGE_VERSION }));
  return { cli: join(folder, 'cli.js'), remove: () => rm(folder, { recursive: true, force: true }) };
}
