import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** Returns what happens next to a program, if nothing else changes, and what a person can do. One sentence. */
export function outlookOf({ row, spec }: Pick<ProcessDetails, 'row' | 'spec'>): string {
  const { id, state, healing } = row;
  switch (state) {
    case 'running':
    case 'starting':
      return healing === 'on' ? ON_EXIT[spec.restart.policy] : `not restarted if it fails: ${RESTRAINED[healing]}`;
    case 'backoff':
    case 'cooldown':
      return healing === 'on' ? 'it is started again' : `not started: ${RESTRAINED[healing]}`;
    case 'waiting':
      return 'it starts as soon as the wait is over';
    case 'stopping':
      return 'it is force killed if it does not exit in time';
    case 'paused':
      return `nothing, until "healer resume ${id}"`;
    case 'failed':
    case 'exited':
      return spec.schedule === null
        ? `nothing, until "healer start ${id}"`
        : `nothing, until its schedule or "healer start ${id}"`;
    case 'stopped':
      return `nothing, until "healer start ${id}"; the next "healer up" after "healer down" starts it only with autostart`;
    case 'disabled':
      return `nothing, until "healer enable ${id}"`;
  }
}

const ON_EXIT: Readonly<Record<ProcessSpec['restart']['policy'], string>> = {
  'on-failure': 'it keeps running; restarted if it fails (restart policy "on-failure")',
  always: 'it keeps running; restarted if it exits (restart policy "always")',
  never: 'it keeps running; not restarted if it exits (restart policy "never")',
};

const RESTRAINED = { observed: 'observe mode', held: 'healing is paused', on: '' } as const;
