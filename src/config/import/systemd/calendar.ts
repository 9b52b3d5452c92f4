const NAMES: Readonly<Record<string, string>> = {
  minutely: '* * * * *',
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  weekly: '0 0 * * 1',
  monthly: '0 0 1 * *',
  quarterly: '0 0 1 1,4,7,10 *',
  semiannually: '0 0 1 1,7 *',
  yearly: '0 0 1 1 *',
  annually: '0 0 1 1 *',
};
const WEEKDAYS = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:(?:\.\.|,|-)(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)*$/i;

/** Converts `OnCalendar=` of a timer to a cron expression. Returns null when there is none for these times, such as for years. */
export function cronOfCalendar(calendar: string): string | null {
  const written = calendar.trim();
  const named = NAMES[written.toLowerCase()];
  if (named !== undefined) return named;
  const words = written.split(/\s+/);
  const weekday = WEEKDAYS.test(words[0] ?? '') ? weekdaysOf(words.shift() ?? '') : '*';
  const date = words[0]?.includes('-') === true || words[0] === '*' ? words.shift() : '*-*-*';
  const time = words.shift() ?? '00:00:00';
  if (words.length > 0) return null;
  const [, month, day] = /^(?:\*-)?([\d*,./]+)-([\d*,./]+)$/.exec(date ?? '') ?? [];
  const [hour, minute, second = '0'] = time.split(':').map(fieldOf);
  const [monthField, dayField] = [fieldOf(month ?? ''), fieldOf(day ?? '')];
  const fields = [minute, hour, dayField, monthField];
  if (fields.some((field) => field === null || field === undefined) || second === null) return null;
  // In cron, a day of the month and a weekday are alternatives.
  if (weekday !== '*' && dayField !== '*') return null;
  const five = [...fields, weekday].join(' ');
  return second === '0' ? five : `${second} ${five}`;
}

function weekdaysOf(text: string): string {
  const short = text.replace(/([a-z]{3})[a-z]*/gi, (_whole, name: string) => name.toUpperCase());
  return short.replaceAll('..', '-');
}

/** Returns a field of cron for a part such as `00`, `*`, `0/15` or `08..18`; null when it has another form. */
function fieldOf(part: string): string | null {
  if (part === '*') return '*';
  const pieces = part.split(',').map((piece) => {
    const [, from, to, step] = /^(\d+|\*)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(piece) ?? [];
    if (from === undefined) return null;
    const first = from === '*' ? '*' : String(Number(from));
    const range = to === undefined ? first : `${first}-${String(Number(to))}`;
    if (step === undefined) return range;
    return to === undefined && (first === '0' || first === '*')
      ? `*/${step}`
      : to === undefined
        ? null
        : `${range}/${step}`;
  });
  return pieces.includes(null) ? null : pieces.join(',');
}
