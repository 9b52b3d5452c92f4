import type { Context } from './context.ts';

/** The options of all commands, as their parsers leave them. */
export interface CommandOptions {
  readonly file?: string;
  readonly foreground?: true;
  /** False for --no-daemon, which is --foreground under the name that others use. */
  readonly daemon?: boolean;
  readonly attach?: true;
  readonly keep?: true;
  readonly force?: true;
  /** In milliseconds. */
  readonly timeout?: number;
  readonly follow?: true;
  readonly lines?: number;
  readonly grep?: RegExp;
  readonly timestamps?: true;
  readonly stream?: 'stdout' | 'stderr';
  readonly process?: string;
  readonly readOnly?: true;
  readonly output?: string;
  readonly stdout?: true;
  readonly kind?: 'procfile' | 'pm2' | 'supervisord';
  readonly env?: string;
  readonly user?: true;
  readonly system?: true;
  readonly write?: true;
  readonly ids?: true;
}

/** Carries a command out and gives its exit code. Errors thrown are reported by main. */
export type RunCommand = (context: Context, args: readonly string[], options: CommandOptions) => Promise<number>;

export interface OptionRow {
  readonly flags: string;
  readonly summary: string;
  readonly parse?: (text: string) => unknown;
  readonly choices?: readonly string[];
  readonly defaultValue?: string | number;
}

export interface CommandRow {
  readonly name: string;
  /** Under which heading help shows it. */
  readonly group: string;
  readonly summary: string;
  /** What its own help says below the summary. */
  readonly details?: string;
  readonly arguments?: readonly (readonly [name: string, summary: string])[];
  readonly options?: readonly OptionRow[];
  /** Commands are loaded when they run, so that a quick one does not pay for the others. */
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}
