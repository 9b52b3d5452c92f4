/** Returns whether a text contains a character with which a glob differs from a literal name. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * Returns whether a whole text matches a glob: `*` stands for any characters, `?` for one, and `[a-c]` or `[!a-c]` for one
 * of a set. A `[` without its `]` is literal. Takes at most the product of both lengths in steps, whatever the glob.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const parts = partsOf(glob);
  let part = 0;
  let at = 0;
  // Where to continue if the characters after the last `*` do not match: one character later than before.
  let star = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const current = parts[part];
    if (current === '*') {
      [star, resumeAt] = [part, at];
      part += 1;
    } else if (current?.(text.charAt(at)) === true) {
      part += 1;
      at += 1;
    } else if (star >= 0) {
      part = star + 1;
      resumeAt += 1;
      at = resumeAt;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === '*');
}

/** Any number of characters, or a test of one character. */
type Part = '*' | ((character: string) => boolean);

function partsOf(glob: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob.charAt(at);
    const set = character === '[' ? /^\[(!|\^)?(\]?[^\]]*)\]/.exec(glob.slice(at)) : null;
    if (character === '*') parts.push('*');
    else if (character === '?') parts.push(() => true);
    else if (set !== null && set[2] !== '') {
      parts.push(oneOf(set[2] ?? '', set[1] !== undefined));
      at += set[0].length - 1;
    } else parts.push((other) => other === character);
  }
  return parts;
}

function oneOf(set: string, isNegated: boolean): (character: string) => boolean {
  const ranges = [...set.matchAll(/(.)-(.)|(.)/gs)].map(([, from, to, single]) => [
    from ?? single ?? '',
    to ?? single ?? '',
  ]);
  return (character) => ranges.some(([from = '', to = '']) => from <= character && character <= to) !== isNegated;
}
