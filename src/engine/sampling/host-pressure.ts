import { readFileSync } from 'node:fs';
import type { Evidence } from '../../policy/anomaly/detector.ts';

/** A share of the time below this says nothing, in percent. */
const LEAST_PERCENT = 1;

/** Adds to the evidence of a leak how long programs of the host have waited for memory, if they have. */
export function withHostPressure(evidence: Evidence): Evidence {
  const percent = readMemoryPressure();
  if (percent === null || percent < LEAST_PERCENT) return evidence;
  return {
    sentence: `${evidence.sentence}; programs of the host waited for memory for ${percent.toFixed(0)} % of the last minute`,
    figures: { ...evidence.figures, hostPressurePercent: percent },
  };
}

/**
 * Returns the share of the last minute in which some task of the host waited for memory, in percent; null if the kernel does
 * not report it (PSI, Documentation/accounting/psi.rst).
 */
function readMemoryPressure(): number | null {
  try {
    const share = /^some .*avg60=([\d.]+)/m.exec(readFileSync('/proc/pressure/memory', 'latin1'))?.[1];
    return share === undefined ? null : Number(share);
  } catch {
    return null;
  }
}
