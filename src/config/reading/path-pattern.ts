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
 * Whether a path fits a pattern in which `*` stands for any part of one name and `**` for any folders. Every other
 * character is itself: a file may well be called `a[1]`, and even a line break is a part of a name.
 */
export function matchesPathPattern(
  pattern: string,
  path: string,
  { ignoresCase }: { readonly ignoresCase: boolean },
): boolean {
  const literal = pattern.replaceAll(/[\\?[\]{}()!+@|^$.]/g, '\\$&');
  return picomatch.isMatch(path, literal, { ...GLOB, flags: ignoresCase ? 'is' : 's' });
}
