import type { ExactIdentity } from '../../base/process-identity.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Ports, ProgramRun } from '../core/ports.ts';
import type { LogTransport } from '../logs/files/log-transport.ts';
import { pipePathsOf } from '../logs/files/run-pipes.ts';
import { hasReadyPipe, readyLineOf } from '../launching/launch-extras.ts';
import type { Launcher } from '../os/launcher.ts';
import type { ProcessTree } from '../os/process-tree.ts';
import type { RunMarks } from '../os/run-mark.ts';
import { findMain } from './find-main.ts';
import { identityOf } from './identity-of.ts';

interface ForkedProgramsOptions {
  readonly tree: Pick<ProcessTree, 'membersOf' | 'follow'>;
  readonly marks: RunMarks;
  readonly launcher: Launcher;
  readonly logs: LogTransport;
  readonly pipesDir: string;
  readonly isMain: (pid: number) => boolean;
  /** Moves a process into the cgroup of its program. */
  readonly keepDaemon: (id: string, daemon: ExactIdentity) => void;
}

/** Finds and follows the processes of programs that move themselves to the background. */
export type ForkedPrograms = Pick<Ports, 'findMain' | 'followMain'>;

export function createForkedPrograms(options: ForkedProgramsOptions): ForkedPrograms {
  const { tree, marks, launcher, logs, pipesDir, isMain, keepDaemon } = options;
  const finder: Parameters<typeof findMain>[2] = {
    membersOf: (target) => tree.membersOf(identityOf(target)),
    isOrphanOf: (stat, id) => {
      const owner = marks.ownerOfProcess(stat);
      return stat.parentPid === process.pid && !isMain(stat.pid) && (owner === null || owner.id === id);
    },
  };
  return {
    findMain: (target, spec) => findMain(target, spec, finder),
    followMain({ id, run }: ProgramRun, spec: ProcessSpec) {
      const { number, pid, startTicks } = run;
      launcher.expect(pid);
      tree.follow(identityOf({ id, run }));
      if (startTicks !== null) keepDaemon(id, { pid, startTicks });
      logs.follow({
        id,
        run: number,
        pid,
        startTicks,
        pipes: pipePathsOf(pipesDir, id, number, hasReadyPipe(spec)),
        log: spec.logs,
        ...readyLineOf(spec),
        startedAtWall: null,
      });
    },
  };
}
