import { expect, test } from 'vitest';
import type { HealthEvidence } from '../../../src/policy/health.ts';
import type { Circumstances } from '../../../src/policy/lifecycle/decide.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import { type LifecycleState, type Program, publicName, type StopGoal } from '../../../src/policy/lifecycle/state.ts';
import { at, circumstances, exit, program, RUN, spec } from '../../support/programs.ts';

/** A situation and its label in the diagram. */
interface Case {
  readonly label: string;
  readonly fact: Fact;
  readonly given?: Partial<Program>;
  readonly circumstances?: Partial<Circumstances>;
}

const CRASH: Fact = { kind: 'exited', of: RUN, exit: exit(), leftovers: false };
const MISSING = { id: 'db', condition: 'started', isIdle: false, obstacle: null } as const;
const OFTEN = Array.from({ length: 5 }, (_, index) => ({ at: at(-index), cause: 'crash' as const }));

const EVIDENCE: HealthEvidence = { asked: '', ok: false, answer: '', latencyMs: 0, times: 2 };

const CASES: readonly Case[] = [
  { label: 'start', fact: { kind: 'startRequested', by: 'operator' } },
  {
    label: 'start before a dependency',
    fact: { kind: 'startRequested', by: 'operator' },
    circumstances: { missing: [MISSING] },
  },
  { label: 'needed by another', fact: { kind: 'neededByDependent', by: 'site' } },
  { label: 'dependencies ready', fact: { kind: 'dependencyChanged' } },
  { label: 'spawned', fact: { kind: 'spawned', run: RUN } },
  {
    label: 'cannot start',
    fact: { kind: 'spawnFailed', problem: '' },
    given: { counters: { failures: 1, backoffStep: 1, history: [] } },
  },
  { label: 'time elapsed', fact: { kind: 'timeElapsed' } },
  { label: 'success', fact: { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false } },
  { label: 'first crash', fact: CRASH },
  { label: 'repeated crash', fact: CRASH, given: { counters: { failures: 1, backoffStep: 1, history: [] } } },
  { label: 'too many crashes', fact: CRASH, given: { counters: { failures: 5, backoffStep: 5, history: OFTEN } } },
  { label: 'gave up', fact: CRASH, given: { spec: spec({ restart: { policy: 'never' } }) } },
  { label: 'leftover processes', fact: { kind: 'exited', of: RUN, exit: exit(), leftovers: true } },
  {
    label: 'anomaly',
    fact: {
      kind: 'anomalyFound',
      of: RUN,
      anomaly: 'memory-leak',
      evidence: { sentence: '', figures: {} },
      action: 'restart',
    },
  },
  {
    label: 'over a limit',
    fact: { kind: 'limitExceeded', of: RUN, resource: 'memory', measured: 2, limit: 1, samples: [] },
  },
  { label: 'healthy', fact: { kind: 'becameHealthy', of: RUN, evidence: EVIDENCE } },
  { label: 'unhealthy', fact: { kind: 'becameUnhealthy', of: RUN, evidence: EVIDENCE } },
  { label: 'stop', fact: { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' } },
  { label: 'restart', fact: { kind: 'restartRequested', timeoutMs: null, by: 'operator' } },
  { label: 'pause', fact: { kind: 'pauseRequested' } },
  { label: 'resume', fact: { kind: 'resumeRequested' } },
  { label: 'disable', fact: { kind: 'disableRequested' } },
  { label: 'enable', fact: { kind: 'enableRequested' } },
  { label: 'reset', fact: { kind: 'cooldownResetRequested' } },
];

const STOPPING_FOR: readonly StopGoal[] = [
  { kind: 'stop' },
  { kind: 'disable' },
  { kind: 'restart', cause: 'operator' },
];

const STATES: readonly LifecycleState[] = [
  { name: 'stopped' },
  { name: 'waiting', cause: 'boot', reason: '' },
  { name: 'launching', cause: 'boot' },
  { name: 'starting', run: RUN },
  { name: 'running', run: RUN },
  { name: 'paused', run: RUN },
  ...STOPPING_FOR.map((goal) => ({ name: 'stopping', run: RUN, goal, stage: 'graceful', exit: null }) as const),
  { name: 'backoff', until: at(0), cause: 'crash' },
  { name: 'cooldown', until: at(0) },
  { name: 'failed' },
  { name: 'exited' },
  { name: 'disabled' },
];

function labelOf(state: LifecycleState, { label, fact }: Case): string {
  const isExit = state.name === 'stopping' && fact.kind === 'exited';
  return isExit ? `exited, to ${state.goal.kind}` : label;
}

function edges(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const state of STATES) {
    for (const situation of CASES) {
      const { program: next } = advance(program(state, situation.given), situation.fact, {
        ...circumstances(),
        ...situation.circumstances,
      });
      const [from, to] = [publicName(state), publicName(next.state)];
      const isMove = from !== to || (state.name === 'launching' && next.state.name !== 'launching');
      if (!isMove || state.name === next.state.name) continue;
      const edge = `${from} --> ${to}`;
      found.set(edge, (found.get(edge) ?? new Set()).add(labelOf(state, situation)));
    }
  }
  return found;
}

test('the state diagram in the docs matches the code', async () => {
  const lines = [...edges()].map(([edge, labels]) => `    ${edge}: ${[...labels].join(', ')}`);
  const page = [
    '# The lifecycle of a program',
    '',
    'Generated from `src/policy/lifecycle` by `test/policy/lifecycle/diagram.test.ts`; `npx vitest run -u` updates it.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '    [*] --> stopped',
    '    [*] --> disabled',
    ...lines,
    '```',
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot('../../../docs/lifecycle.md');
});
