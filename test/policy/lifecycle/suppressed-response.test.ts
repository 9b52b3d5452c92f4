import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import { circumstances, program, RUN, spec } from '../../support/programs.ts';

const CHECK = { type: 'tcp', port: 1 } as const;
const EVIDENCE = { asked: 'a connection to 127.0.0.1:1', answer: 'was refused', times: 30 };
const STARTUP: Fact = { kind: 'startupCheckFailed', of: RUN, evidence: EVIDENCE as never };
const LIMIT: Fact = { kind: 'limitExceeded', of: RUN, resource: 'memory', measured: 600, limit: 500, samples: [600] };
const BOMB: Fact = {
  kind: 'anomalyFound',
  of: RUN,
  anomaly: 'fork-bomb',
  evidence: { sentence: '60 descendants', figures: {} },
  action: 'kill',
};

describe('what healing would have done is named as its definition says', () => {
  test.each<[string, Partial<ProcessSpecInput>, Fact, string]>([
    ['a limit', {}, LIMIT, 'would have restarted: memory 600 MB exceeded limit 500 MB'],
    [
      'a limit of a job',
      { restart: { policy: 'never' } },
      LIMIT,
      'would have stopped it for good (restart policy "never"): memory 600 MB exceeded limit 500 MB',
    ],
    ['a fork bomb', {}, BOMB, 'would have killed its process tree and restarted: 60 descendants'],
    [
      'a startup check',
      { health: { check: CHECK } },
      STARTUP,
      /^would have restarted: did not become healthy in time: /.source,
    ],
    [
      'a startup check with failAction disable',
      { health: { check: CHECK, startupCheck: { failAction: 'disable' } } },
      STARTUP,
      /^would have stopped and disabled it: did not become healthy in time: /.source,
    ],
    [
      'a startup check with failAction fail',
      { health: { check: CHECK, startupCheck: { failAction: 'fail' } } },
      STARTUP,
      /^would have stopped it for good \(startupCheck\.failAction "fail"\): did not become healthy in time: /.source,
    ],
  ])('%s', (_, fields, fact, sentence) => {
    const state = { name: fact === STARTUP ? ('starting' as const) : ('running' as const), run: RUN };
    const observed = program(state, { spec: spec({ ...fields, healing: 'observe' }) });
    const { actions } = advance(observed, fact, circumstances());
    const would = actions.flatMap((action) =>
      action.kind === 'emit' && action.event === 'would-restart' ? [action.reason] : [],
    );
    expect(would).toHaveLength(1);
    if (sentence.startsWith('^')) expect(would[0]).toMatch(new RegExp(sentence));
    else expect(would[0]).toBe(sentence);
  });
});
