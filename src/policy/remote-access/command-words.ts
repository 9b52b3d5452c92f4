import { isHarmlessVariable } from './environment.ts';

/** Separators between the words of an argument. */
const BETWEEN_WORDS = /[\s=,;:|&()'"`$]+/;
/** Characters that are common in file names, but separators for some programs. */
const BETWEEN_SOME = /[\s=,;:|&()'"`$<>{}[\]@%+#!?*^~\\]+/;

/** Returns an argument and every part that may be a command: `--shell=/bin/sh`, `-Sbash -c …`, `-xe/bin/sh`. */
export function piecesOf(argument: string): readonly string[] {
  const parts = [BETWEEN_WORDS, BETWEEN_SOME].flatMap((between) =>
    argument.split(between).filter((part) => part !== ''),
  );
  const joined = parts.flatMap((part) => (/^-[^-]./.test(part) ? [part.slice(2), part.slice(part.indexOf('/'))] : []));
  return [...new Set([argument, ...parts, ...joined])];
}

/** `-S` or its long name, with joined options: the rest is read as a command line of its own. */
const SPLIT_OPTION = /^(?:-[^-=]*?S|--s[a-z-]*=)/;
const ASSIGNMENT = /^([A-Za-z_]\w*)\+?=/;
const CHANGES_FOLDER = /^(?:-[a-zA-Z]*C|--c)/;

/**
 * Returns why the arguments of a launcher cannot be judged word by word; null if they can. They may set a variable of the
 * loader, be assembled from parts, or be searched for in another folder.
 *
 * @param readsAsEnv whether `env` reads them
 */
export function launchProblem(args: readonly string[], readsAsEnv: boolean): string | null {
  const unclear = args.find((argument) => /[\\'"`$]/.test(argument));
  if (unclear !== undefined) return `the meaning of ${JSON.stringify(unclear)} cannot be determined in advance`;
  const words = args.flatMap((argument) => argument.split(/\s+/)).map((word) => word.replace(SPLIT_OPTION, ''));
  const variable = words
    .map((word) => ASSIGNMENT.exec(word)?.[1])
    .find((name) => name !== undefined && !isHarmlessVariable(name));
  if (variable !== undefined) return `they set the variable "${variable}", which can make a program run other code`;
  const isElsewhere = readsAsEnv && words.some((word) => CHANGES_FOLDER.test(word));
  return isElsewhere ? 'they change the folder in which relative paths are searched' : null;
}
