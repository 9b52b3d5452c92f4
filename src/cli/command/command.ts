import type { Context } from './context.ts';

/** The options of all commands, as their parsers leave them. */
export interface CommandOptions {
  readonly file?: readonly string[];
  readonly foreground?: true;
  /** False for --no-daemon, which is --foreground under the name that others use. */
  readonly daemon?: boolean;
  readonly attach?: true;
  readonly observe?: true;
  readonly standalone?: true;
  readonly status?: true;
  readonly stop?: true;
  readonly keep?: true;
  readonly force?: true;
  /** In milliseconds. */
  readonly timeout?: number;
  /** In milliseconds. */
  readonly for?: number;
  readonly follow?: true;
  readonly lines?: number;
  readonly grep?: RegExp;
  readonly timestamps?: true;
  readonly stream?: 'stdout' | 'stderr';
  readonly process?: string;
  readonly dryRun?: true;
  readonly watch?: true;
  /** In milliseconds. */
  readonly interval?: number;
  readonly readOnly?: true;
  /** False for --no-mouse. */
  readonly mouse?: boolean;
  readonly screenReader?: true;
  readonly output?: string;
  readonly stdout?: true;
  /** Of a file to be imported, or of an anomaly to be looked for; the command's own choices tell them apart. */
  readonly kind?: string;
  readonly user?: true;
  readonly system?: true;
  readonly write?: true;
  readonly ids?: true;
  readonly list?: true;
  readonly clean?: true;
  /** Of the definition of a program; null is no limit. */
  readonly cpu?: number | null;
  readonly memory?: number | null;
  readonly cwd?: string;
  /** A name where one is chosen, variables where they are set. */
  readonly env?: string | Readonly<Record<string, string>>;
  /** The policy of a program; true for an engine that is to be replaced. */
  readonly restart?: 'on-failure' | 'always' | 'never' | true;
  readonly instances?: number;
  /** False for --no-autostart. */
  readonly autostart?: boolean;
}

/** Carries a command out and gives its exit code. Errors thrown are reported by main. */
export type RunCommand = (context: Context, args: readonly string[], options: CommandOptions) => Promise<number>;

/** An option as help shows it, and what becomes of its text. */
export interface OptionRow {
  readonly flags: string;
  readonly summary: string;
  /** `before` is what earlier uses of the same option gave. */
  readonly parse?: (text: string, before: unknown) => unknown;
  readonly choices?: readonly string[];
  readonly defaultValue?: string | number;
}

/** A command as help shows it, and where the code of it is. */
export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** What its own help says below the summary. */
  readonly details?: string;
  readonly arguments?: readonly (readonly [name: string, summary: string])[];
  readonly options?: readonly OptionRow[];
  /** Commands are loaded when they run, so that a quick one does not pay for the others. */
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

/** Commands that help shows together. */
export interface CommandGroup {
  readonly heading: string;
  readonly commands: readonly CommandRow[];
}
