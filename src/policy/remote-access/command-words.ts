import { isHarmlessVariable } from './environment.ts';

/** Between the words that an argument may be made of, to whoever reads it. */
const BETWEEN_WORDS = /[\s=,;:|&()'"`$]+/;
/** Parts of many a file's name, and between words to some. */
const BETWEEN_SOME = /[\s=,;:|&()'"`$<>{}[\]@%+#!?*^~\\]+/;

/** An argument, and what may be a command inside it: `--shell=/bin/sh`, `-Sbash -c …`, `-xe/bin/sh`. */
export function piecesOf(argument: string): readonly string[] {
  const parts = [BETWEEN_WORDS, BETWEEN_SOME].flatMap((between) =>
    argument.split(between).filter((part) => part !== ''),
  );
  const joined = parts.flatMap((part) => (/^-[^-]./.test(part) ? [part.slice(2), part.slice(part.indexOf('/'))] : []));
  return [...new Set([argument, ...parts, ...joined])];
}

/** Of `-S` and its long name, with what is joined to them: what follows is read as a command line of its own. */
const SPLIT_OPTION = /^(?:-[^-=]*?S|--s[a-z-]*=)/;
const ASSIGNMENT = /^([A-Za-z_]\w*)\+?=/;
const CHANGE_OF_FOLDER = /^(?:-[a-zA-Z]*C|--c)/;

/**
 * What keeps the arguments of a launcher from being judged word by word; null when nothing does. They would set a
 * variable of the loader, be put together from pieces, or be looked up elsewhere than where we look.
 * @param readsAsEnv whether `env` is among those that read them
 */
export function launchProblem(args: readonly string[], readsAsEnv: boolean): string | null {
  const unclear = args.find((argument) => /[\\'"`$]/.test(argument));
  if (unclear !== undefined) return `what becomes of ${JSON.stringify(unclear)} cannot be told beforehand`;
  const words = args.flatMap((argument) => argument.split(/\s+/)).map((word) => word.replace(SPLIT_OPTION, ''));
  const variable = words
    .map((word) => ASSIGNMENT.exec(word)?.[1])
    .find((name) => name !== undefined && !isHarmlessVariable(name));
  if (variable !== undefined) return `they set the variable "${variable}", which can make a program run other code`;
  const isElsewhere = readsAsEnv && words.some((word) => CHANGE_OF_FOLDER.test(word));
  return isElsewhere ? 'they change the folder that relative paths are looked up in' : null;
}
