/**
 * Faults of the engine that the fault tests must detect. A mutation replaces `from`, which occurs exactly once in the file.
 */
export const MUTATIONS = [
  mutation('lost-flush', 'src/engine/core/engine.ts', 'this.#recorder.flush()', 'undefined'),
  mutation(
    'record-after-spawn',
    'src/engine/core/engine.ts',
    'this.#recorder.flush();\n      launches.forEach(',
    'launches.forEach(',
    ['index > 0));\n      });', 'index > 0));\n      });\n      this.#recorder.flush();'],
  ),
  mutation(
    'start-time-ignored',
    'src/base/process-identity.ts',
    'startTicks === null || startTicks === actual.startTicks',
    'startTicks === null || actual.startTicks >= 0',
  ),
  mutation(
    'sigcont-forgotten',
    'src/engine/core/perform.ts',
    'action.to);\n      ports.resumeTree(target);',
    'action.to);',
  ),
  mutation(
    'seq-restarts',
    'src/engine/store/event-log.ts',
    'this.#nextSeq = Math.max(lastRead, lastSeq) + 1;',
    'this.#nextSeq = 1;',
  ),
  mutation(
    'gap-not-counted',
    'src/engine/logs/files/log-writer.ts',
    'lines: before.lines + countLines(bytes)',
    'lines: Math.max(1, before.lines)',
  ),
  mutation(
    'leftovers-kept',
    'src/policy/lifecycle/ending.ts',
    "if (fact.leftovers && program.spec.leftovers === 'kill') {",
    "if (fact.leftovers && program.spec.leftovers !== 'kill') {",
  ),
  mutation(
    'alerts-forget-events',
    'src/engine/alerts/alert-queue-file.ts',
    'JSON.stringify({ version: 1, ...queue })',
    'JSON.stringify({ version: 1, ...queue, lastSeq: 0, tallies: {} })',
  ),
  mutation(
    'cooldown-not-persisted',
    'src/engine/store/program-record.ts',
    'history: counters.history.map(({ at, cause }) => ({ at: at.wall, cause })),',
    'history: [],',
    undefined,
    ['src/engine/store/cooldown-file.ts', 'if (!this.#dirty) return null;', 'if (this.#dirty) return null;'],
  ),
  mutation(
    'marks-ignored',
    'src/engine/os/instance-census.ts',
    'if (owner === null) continue;',
    'if (owner !== undefined) continue;',
  ),
];

/** @param more another edit of the same file @param other an edit of another file */
function mutation(name, file, from, to, more, other) {
  const edits = [{ file, from, to }];
  if (more !== undefined) edits.unshift({ file, from: more[0], to: more[1] });
  if (other !== undefined) edits.push({ file: other[0], from: other[1], to: other[2] });
  return { name, edits };
}
