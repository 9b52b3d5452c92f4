import picomatch from 'picomatch';

const GLOB = {
  dot: true,
  nobrace: true,
  nobracket: true,
  noextglob: true,
  nonegate: true,
  strictSlashes: true,
} as const;

/**
 * Returns whether a path matches a pattern, in which `*` stands for any part of one name and `**` for any folders. A pattern
 * that begins with `**` matches at any depth. All other characters are literal, because a file may be called `a[1]` and a
 * name may even contain a line break.
 */
export function matchesPathPattern(
  pattern: string,
  path: string,
  { ignoresCase }: { readonly ignoresCase: boolean },
): boolean {
  return picomatch.isMatch(path, variantsOf(pattern).map(literally), { ...GLOB, flags: ignoresCase ? 'is' : 's' });
}

/** In front of a path, `**` also stands for no folder at all, for which the library needs a pattern of its own. */
function variantsOf(pattern: string): readonly string[] {
  const whole = pattern.startsWith('**') ? `/${pattern}` : pattern;
  return whole.startsWith('/**/') ? [whole, whole.slice('/**'.length)] : [whole];
}

function literally(pattern: string): string {
  return pattern.replaceAll(/[\\?[\]{}()!+@|^$.]/g, '\\$&');
}
