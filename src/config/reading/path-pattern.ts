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
 * Returns whether a path matches a pattern, in which `*` stands for any part of one name and `**` for any folders. All
 * other characters are literal, because a file may be called `a[1]` and a name may even contain a line break.
 */
export function matchesPathPattern(
  pattern: string,
  path: string,
  { ignoresCase }: { readonly ignoresCase: boolean },
): boolean {
  const literal = pattern.replaceAll(/[\\?[\]{}()!+@|^$.]/g, '\\$&');
  return picomatch.isMatch(path, literal, { ...GLOB, flags: ignoresCase ? 'is' : 's' });
}
