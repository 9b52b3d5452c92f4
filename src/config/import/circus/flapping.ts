import type { ConfSection, ConfValue } from '../draft/conf-file.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';

type Values = ReadonlyMap<string, ConfValue>;

/** The defaults of the plugin "flapping" of circus; times in seconds. */
const DEFAULTS = { attempts: 2, window: 1, retry_in: 7 };

/** Returns the settings of the plugin "flapping", which stops programs that restart too often for a while; null if it is not used. */
export function flappingOf(sections: readonly ConfSection[]): Values | null {
  const found = sections.find(
    ({ name, values }) => name.startsWith('plugin:') && isFlapping(values.get('use')?.text ?? ''),
  );
  return found?.values ?? null;
}

/** Returns whether a class of Python is the plugin "flapping". */
export function isFlapping(use: string): boolean {
  return /(?:^|\.)Flapping$/.test(use.trim());
}

/** Converts the plugin into a cooldown. Fields such as `flapping.window` of a watcher come first. */
export function setCooldown(plugin: Values, watcher: Values, draft: ProgramDraft): void {
  const own = (key: string): ConfValue | undefined => watcher.get(`flapping.${key}`) ?? plugin.get(key);
  const numberOf = (key: keyof typeof DEFAULTS): number => {
    const value = Number(own(key)?.text ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : DEFAULTS[key];
  };
  const active = own('active');
  if (active !== undefined && /^(?:false|no|off|0)$/i.test(active.text.trim())) {
    draft.lose(active.place, 'flapping.active: a cooldown cannot be switched off; set restart.cooldown');
    return;
  }
  draft.extend('restart', {
    cooldown: {
      restarts: Math.max(1, Math.round(numberOf('attempts'))),
      windowMs: Math.round(numberOf('window') * 1000),
      durationMs: Math.round(numberOf('retry_in') * 1000),
    },
  });
  const most = own('max_retry');
  if (most !== undefined && most.text.trim() !== '-1')
    draft.lose(
      most.place,
      'flapping.max_retry: the program is restarted after every cooldown; set restart.maxAttempts',
    );
}
