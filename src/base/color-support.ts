/** How many colours may be used, from none to 24 bit. */
export type ColorLevel = 'none' | '16' | '256' | 'truecolor';

interface ColorQuestion {
  /** What the user asked for on the command line. */
  readonly flag: 'auto' | 'always' | 'never';
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTty: boolean;
}

const FORCED_LEVELS: Readonly<Record<string, ColorLevel>> = {
  '0': 'none',
  false: 'none',
  '1': '16',
  '2': '256',
  '3': 'truecolor',
};

/**
 * Decides on colours: the flag wins, then NO_COLOR (https://no-color.org), then FORCE_COLOR and CLICOLOR_FORCE, then
 * whether there is a terminal that knows colours, and how many it says it knows.
 */
export function detectColor({ flag, env, isTty }: ColorQuestion): ColorLevel {
  if (flag === 'never') return 'none';
  if (flag === 'always') return levelOfTerminal(env);
  if (isSet(env['NO_COLOR'])) return 'none';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return FORCED_LEVELS[forced] ?? levelOfTerminal(env);
  if (isSet(env['CLICOLOR_FORCE']) && env['CLICOLOR_FORCE'] !== '0') return levelOfTerminal(env);
  if (!isTty || env['TERM'] === 'dumb') return 'none';
  return levelOfTerminal(env);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** At least the 16 that every colour terminal has. */
function levelOfTerminal(env: ColorQuestion['env']): ColorLevel {
  const colorTerm = env['COLORTERM'];
  if (colorTerm === 'truecolor' || colorTerm === '24bit') return 'truecolor';
  const term = env['TERM'] ?? '';
  if (term.endsWith('-direct')) return 'truecolor';
  return term.includes('256color') ? '256' : '16';
}
