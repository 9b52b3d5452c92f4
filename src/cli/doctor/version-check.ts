import { PACKAGE_VERSION } from '../../base/package-version.ts';
import { withInstance } from '../command/with-instance.ts';
import { describeOtherVersion } from '../output/version-note.ts';
import { ok, type Verdict, warning } from './diagnosis.ts';
import type { Machine } from './machine.ts';

/** Compares the code that the engine, the watcher and the log collector run with that of this command. */
export async function checkVersions({ versions, paths }: Machine): Promise<Verdict> {
  const { engine, watcher, collector } = await versions();
  const upgrade = withInstance(paths.instance)('upgrade');
  const ours = engine === null ? null : describeOtherVersion(engine, upgrade);
  if (ours !== null) return warning(ours, upgrade);
  const theirs = watcher === null ? null : describeOtherVersion(watcher, upgrade);
  if (theirs !== null) return warning(`the watcher differs: ${theirs}`, upgrade);
  const same = [...(engine === null ? [] : ['the engine']), ...(watcher === null ? [] : ['the watcher'])];
  const who =
    same.length === 0
      ? 'no engine is running'
      : `${same.join(' and ')} ${same.length > 1 ? 'run' : 'runs'} the same build`;
  const older =
    collector?.isOlderThanFiles === true
      ? `; the log collector (pid ${String(collector.pid)}) runs an earlier build, which the engine replaces if it has to`
      : '';
  return ok(`healer ${PACKAGE_VERSION}; ${who}${older}`);
}
