import { readBuildId } from '../../base/build-id.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';

type Versions = Pick<HelloResult, 'version' | 'build' | 'pid'>;

/** Returns whether an engine runs the same code as this command; null if this is unknown. */
export function isSameBuild({ version, build }: Versions): boolean | null {
  if (version !== PACKAGE_VERSION) return false;
  const own = readBuildId();
  // Only engines of an earlier version omit their build.
  return own === null || build === null ? null : build === own;
}

/** Returns a sentence if the engine runs other code than this command, or null. @param upgrade the command that replaces it */
export function describeOtherVersion(hello: Versions, upgrade: string): string | null {
  if (isSameBuild(hello) !== false) return null;
  const { version, pid } = hello;
  if (version === PACKAGE_VERSION) {
    return `the engine (pid ${String(pid)}) runs another build of healer ${version} than this command: run "${upgrade}"; programs keep running`;
  }
  const both = `the engine (pid ${String(pid)}) runs healer ${version}, and this command is healer ${PACKAGE_VERSION}`;
  if (compareVersions(version, PACKAGE_VERSION) > 0) {
    return `${both}: use the newer healer, or go back to this version with "${upgrade}"`;
  }
  return `${both}: run "${upgrade}"; programs keep running`;
}

/** The same for an engine on another machine, which only a command there can replace. @param url what `--host` names */
export function describeRemoteVersion({ version }: Pick<Versions, 'version'>, url: string): string | null {
  if (version === PACKAGE_VERSION) return null;
  const both = `the engine at ${url} runs healer ${version}, and this command is healer ${PACKAGE_VERSION}`;
  const place = compareVersions(version, PACKAGE_VERSION) > 0 ? 'here' : 'there';
  return `${both}: install the newer version ${place}`;
}

/** Compares the numbers of two versions. A version with a suffix, such as a prerelease, counts as the one without. */
function compareVersions(one: string, other: string): number {
  const numbersOf = (version: string): number[] =>
    version.split(/[.+-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  const others = numbersOf(other);
  return numbersOf(one).reduce((order, number, at) => (order === 0 ? number - (others[at] ?? 0) : order), 0);
}
