import { sanitizeText } from '../../base/sanitize-text.ts';
import type { RunOf } from '../command/command.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';
import { examine } from '../doctor/checks.ts';
import type { Finding } from '../doctor/finding.ts';
import { thisMachine } from '../doctor/machine.ts';
import type { Style } from '../output/style.ts';
import type { Terminal } from '../output/terminal.ts';
import { refuseRemote } from '../command/remote-engine.ts';

export const run: RunOf<typeof SET_UP_COMMANDS.doctor> = async (context) => {
  refuseRemote(context, 'doctor');
  const findings = await examine(thisMachine(context));
  if (context.terminal.json) context.terminal.printJson(findings);
  else printFindings(context.terminal, findings);
  return findings.some(({ status }) => status === 'error') ? 1 : 0;
};

const TONES: Readonly<Record<Finding['status'], keyof Pick<Style, 'good' | 'warning' | 'bad'>>> = {
  ok: 'good',
  warning: 'warning',
  error: 'bad',
};
const STATUS_WIDTH = 'warning'.length;

function printFindings(terminal: Terminal, findings: readonly Finding[]): void {
  const { style } = terminal;
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { check, status, message, fix } of findings) {
    const tone = style[TONES[status]];
    terminal.print(`${tone(status.padEnd(STATUS_WIDTH))}  ${check.padEnd(width)}  ${sanitizeText(message)}`);
    if (fix !== null)
      terminal.print(`${' '.repeat(STATUS_WIDTH + width + 4)}${style.faint(`fix: ${sanitizeText(fix)}`)}`);
  }
  const count = (wanted: Finding['status']): number => findings.filter(({ status }) => status === wanted).length;
  terminal.print(`ok: ${count('ok')}, warnings: ${count('warning')}, errors: ${count('error')}`);
}
