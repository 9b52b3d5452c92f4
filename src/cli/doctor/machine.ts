import { accessSync, constants, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { type OwnershipProblem, ownershipProblem } from '../../base/ownership.ts';
import { ownUid, ownUserName } from '../../base/own-user.ts';
import type { Environment } from '../../base/environment.ts';
import { loadLibc } from '../../base/libc.ts';
import { localEngineOf } from '../../client/connection/local-engine.ts';
import { connectLocal } from '../../client/connection/connection.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { type ComparedFile, compareInstalled } from '../boot/installed-file.ts';
import type { Context } from '../command/context.ts';
import { findRunningVersions, type RunningVersions } from './running-versions.ts';

export interface FileFacts {
  readonly uid: number;
  readonly mode: number;
  readonly isDirectory: () => boolean;
}

/** What the checks read from the machine. */
export interface Machine {
  readonly env: Environment;
  readonly paths: Paths;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly uid: number;
  readonly userName: string;
  readonly isTty: boolean;
  /** Null if the native library works. */
  readonly nativeProblem: string | null;
  /** Returns null if the file cannot be read. */
  readonly read: (path: string) => string | null;
  readonly stat: (path: string) => FileFacts | null;
  readonly isWritable: (path: string) => boolean;
  /** Returns why others can change what is at a path; null if they cannot, or if it does not exist. */
  readonly unsafe: (path: string) => OwnershipProblem | null;
  /** Returns the number of entries of a folder; null if it cannot be read. */
  readonly entries: (path: string) => number | null;
  readonly freeBytes: (path: string) => number | null;
  /** Returns null if the engine answers, otherwise the reason why it does not. */
  readonly engineProblem: () => Promise<'not running' | { readonly message: string } | null>;
  readonly versions: () => Promise<RunningVersions>;
  /** Returns the service files that start this instance at boot. @throws HealerError if they cannot be compared */
  readonly bootFiles: () => readonly ComparedFile[];
}

/** Returns the machine on which the command runs. */
export function thisMachine(context: Context): Machine {
  const { env, paths } = context;
  const native = loadLibc();
  return {
    env,
    paths,
    nodeVersion: process.versions.node,
    platform: process.platform,
    uid: ownUid(),
    userName: ownUserName(),
    isTty: process.stdout.isTTY,
    nativeProblem: native.libc === null ? native.problem : null,
    read: (path) => attempt(() => readFileSync(path, 'utf8')),
    stat: (path) =>
      attempt(() => {
        const facts = statSync(path);
        return { uid: facts.uid, mode: facts.mode, isDirectory: () => facts.isDirectory() };
      }),
    isWritable: (path) => attempt(() => accessSync(path, constants.W_OK | constants.X_OK)) === undefined,
    unsafe: (path) => attempt(() => ownershipProblem(path)),
    entries: (path) => attempt(() => readdirSync(path).length),
    freeBytes: (path) =>
      attempt(() => {
        const { bavail, bsize } = statfsSync(path);
        return bavail * bsize;
      }),
    engineProblem: () => findEngineProblem(paths),
    versions: () => findRunningVersions(context),
    bootFiles: () => compareInstalled(paths, env),
  };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

async function findEngineProblem(paths: Paths): ReturnType<Machine['engineProblem']> {
  try {
    (await connectLocal({ ...localEngineOf(paths), clientName: 'healer-doctor' })).close();
    return null;
  } catch (thrown) {
    const { code, message } = toHealerError(thrown);
    return code === 'ENGINE_NOT_RUNNING' ? 'not running' : { message };
  }
}
