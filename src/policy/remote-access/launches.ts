import { isHarmlessVariable } from './environment.ts';

/** The command line of a launcher, divided at the program that it starts. */
export interface Launch {
  /** The options of the launcher, up to the program. */
  readonly before: readonly string[];
  readonly command: string;
  readonly args: readonly string[];
}

interface Grammar {
  /** Options that stand alone or carry their value. */
  readonly flags: RegExp;
  /** Options whose value is the next word. */
  readonly valued?: RegExp;
  /** What has to follow the options, before the program. */
  readonly operand?: RegExp;
  /** Whether `NAME=value` sets a variable of the program. */
  readonly setsVariables?: boolean;
}

const NONE = /^(?!)/;
const DURATION = /^(?:\d+\.?\d*|\.\d+)[smhd]?$/;

/**
 * The launchers whose arguments are understood. Options that are missing here are refused: those that act on another process
 * (`-p`), search another folder (`env -C`), read a command line from one word (`env -S`), rename the program (`env -a`), or
 * let it write core files (`prlimit --core`).
 */
const GRAMMARS: Readonly<Record<string, Grammar>> = {
  nice: { flags: /^(?:-n[+-]?\d+|--adjustment=[+-]?\d+|--?\d+|-\+\d+)$/, valued: /^(?:-n|--adjustment)$/ },
  nohup: { flags: NONE },
  setsid: { flags: /^(?:-[cfw]+|--ctty|--fork|--wait)$/ },
  timeout: {
    flags: /^(?:-[fpv]+|--foreground|--preserve-status|--verbose|-[ks].+|--(?:kill-after|signal)=.+)$/,
    valued: /^(?:-k|-s|--kill-after|--signal)$/,
    operand: DURATION,
  },
  ionice: {
    flags: /^(?:-t|--ignore|-[cn]\w+|--(?:class|classdata)=\w+)$/,
    valued: /^(?:-c|-n|--class|--classdata)$/,
  },
  chrt: {
    flags:
      /^(?:-[bdefiorRv]+|--(?:batch|deadline|ext|fifo|idle|other|rr|reset-on-fork|verbose)|-[TPD]\d+|--sched-(?:runtime|period|deadline)=\d+)$/,
    valued: /^(?:-[TPD]|--sched-(?:runtime|period|deadline))$/,
    operand: /^\d+$/,
  },
  taskset: { flags: /^(?:-[ac]+|--all-tasks|--cpu-list)$/, operand: /^[\da-fx,:-]+$/i },
  stdbuf: { flags: /^(?:-[ioe].+|--(?:input|output|error)=.+)$/, valued: /^(?:-[ioe]|--(?:input|output|error))$/ },
  env: {
    flags:
      /^(?:-|-[iv]+|--ignore-environment|--debug|-u.+|--unset=.+|--(?:default|ignore|block)-signal(?:=.*)?|--list-signal-handling)$/,
    valued: /^(?:-u|--unset)$/,
    setsVariables: true,
  },
  prlimit: {
    flags:
      /^(?:-[defilmnqrstuvxy](?:=?[\d:a-z]*)|--(?:data|nice|fsize|sigpending|memlock|rss|nofile|msgqueue|rtprio|stack|cpu|nproc|as|locks|rttime)(?:=[\d:a-z]*)?|--verbose)$/,
  },
  choom: { flags: /^(?:-n-?\d+|--adjust=-?\d+)$/, valued: /^(?:-n|--adjust)$/ },
};

/** The names of the launchers whose arguments are understood. */
export const JUDGED_LAUNCHERS: readonly string[] = Object.keys(GRAMMARS);

const ASSIGNMENT = /^([^=]*)=/;

/** Returns whether the arguments of a launcher are understood, so that allowing it does not allow everything. */
export function isJudgedLauncher(realPath: string): boolean {
  return grammarOf(realPath) !== undefined;
}

/**
 * Divides the arguments of a launcher at the program that it starts. Returns a text that says why this is not possible.
 * @param realPath the file of the launcher, one of those that `isJudgedLauncher` accepts
 */
export function parseLaunch(realPath: string, args: readonly string[]): Launch | string {
  const { flags, valued = NONE, operand, setsVariables = false } = grammarOf(realPath) ?? { flags: NONE };
  let at = 0;
  let readsOptions = true;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (readsOptions && word === '--') readsOptions = false;
    else if (readsOptions && valued.test(word)) at++;
    else if (readsOptions && flags.test(word)) continue;
    else if (readsOptions && word.startsWith('-')) return `its option ${JSON.stringify(word)} is not supported here`;
    else if (setsVariables && word.includes('=')) {
      const [, name = ''] = ASSIGNMENT.exec(word) ?? [];
      if (!isHarmlessVariable(name)) return `it sets the variable "${name}", which can make a program run other code`;
    } else break;
  }
  if (operand !== undefined) {
    const value = args[at] ?? '';
    if (!operand.test(value)) return `${JSON.stringify(value)} is not the value that it needs before the program`;
    at++;
  }
  const command = args[at];
  if (command === undefined) return 'its arguments name no program';
  return { before: args.slice(0, at), command, args: args.slice(at + 1) };
}

function grammarOf(realPath: string): Grammar | undefined {
  const name = realPath.split('/').at(-1) ?? '';
  return Object.hasOwn(GRAMMARS, name) ? GRAMMARS[name] : undefined;
}
