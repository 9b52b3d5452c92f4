import { checkBoot } from './boot-check.ts';
import type { Diagnosis, Verdict } from './diagnosis.ts';
import { checkEngine, checkSocketPath } from './engine-checks.ts';
import { checkFolder } from './folder-checks.ts';
import { checkCgroup, checkClock, checkContainer, checkKernel, checkProcVisibility } from './kernel-checks.ts';
import { checkInotify, checkOpenFiles, checkProcessCount } from './limit-checks.ts';
import type { Machine } from './machine.ts';
import { checkNativeLibrary, checkNode, checkTerminal } from './runtime-checks.ts';
import {
  checkLingering,
  checkAlertSettings,
  checkMailConfiguration,
  checkRegistry,
  checkSourceFiles,
  checkWhitelist,
} from './source-checks.ts';
import { checkVersions } from './version-check.ts';

type Check = readonly [name: string, inspect: (machine: Machine) => Verdict | Promise<Verdict>];

/** Every check, in the order of the report. */
const CHECKS: readonly Check[] = [
  ['node', checkNode],
  ['native library', checkNativeLibrary],
  ['kernel', checkKernel],
  ['cgroup', checkCgroup],
  ['process table', checkProcVisibility],
  ['container', checkContainer],
  ['clock', checkClock],
  ['open files', checkOpenFiles],
  ['processes', checkProcessCount],
  ['inotify', checkInotify],
  ['config folder', (machine) => checkFolder(machine, machine.paths.configDir)],
  ['state folder', (machine) => checkFolder(machine, machine.paths.stateDir)],
  ['runtime folder', (machine) => checkFolder(machine, machine.paths.runtimeDir)],
  ['socket', checkSocketPath],
  ['engine', checkEngine],
  ['versions', checkVersions],
  ['sources', checkSourceFiles],
  ['registry', checkRegistry],
  ['whitelist', checkWhitelist],
  ['alerts', checkAlertSettings],
  ['mail', checkMailConfiguration],
  ['boot', checkBoot],
  ['lingering', checkLingering],
  ['terminal', checkTerminal],
];

/** Runs every check. */
export async function examine(machine: Machine): Promise<readonly Diagnosis[]> {
  return Promise.all(CHECKS.map(async ([check, inspect]) => ({ check, ...(await inspect(machine)) })));
}
