import type { ProbeResult } from '../../policy/health.ts';

/** Errors of connecting and executing that mean that the engine lacks a resource, in an answer that is not the program's own. */
const OWN_ERRORS = /^(failed|cannot be executed|cannot be checked): .*\b(EMFILE|ENFILE|EAGAIN|ENOMEM|ENOBUFS)\b/;

/** The result of a probe that is not attempted. */
export const NO_DESCRIPTORS: ProbeResult = {
  ok: false,
  answer: 'cannot be checked now: the engine has no free file descriptors',
  latencyMs: 0,
  isInconclusive: true,
};

/** Marks a failed result that is due to a lack of resources of the engine, not to the program. */
export function markInconclusive(result: ProbeResult): ProbeResult {
  return !result.ok && OWN_ERRORS.test(result.answer) ? { ...result, isInconclusive: true } : result;
}
