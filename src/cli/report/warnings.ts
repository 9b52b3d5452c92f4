import { sanitizeText } from '../../base/sanitize-text.ts';
import type { Terminal } from '../output/terminal.ts';

/** Prints each warning of the results once. With `--json`, they are part of the results. */
export function printWarnings(terminal: Terminal, results: readonly { readonly warnings?: readonly string[] }[]): void {
  if (terminal.json) return;
  const warnings = new Set(results.flatMap((result) => result.warnings ?? []));
  for (const warning of warnings) terminal.note(`warning: ${sanitizeText(warning)}`);
}
