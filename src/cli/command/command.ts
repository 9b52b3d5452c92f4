import type { Context } from './context.ts';
import type { OptionRows, OptionValues } from './option.ts';

/** An argument as usage and help show it, e.g. `<ids...>`. */
export type ArgumentRow = readonly [name: string, summary: string];

/** A command as help shows it. Its name is its key in the table of its group. */
export interface CommandRow {
  readonly summary: string;
  /** Shown by the command's own help, below the options. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentRow[];
  readonly options?: OptionRows;
}

/** Commands by name, in the order in which help shows them. */
export type CommandRows = Readonly<Record<string, CommandRow>>;

/** The values of a command's options. */
export type OptionsOf<Row extends CommandRow> = Row extends { readonly options: infer Rows extends OptionRows }
  ? OptionValues<Rows>
  : Readonly<Record<string, never>>;

/** The code of a command: runs it and returns its exit code. Errors that it throws are reported by main. */
export type RunOf<Row extends CommandRow> = (
  context: Context,
  args: readonly string[],
  options: OptionsOf<Row>,
) => Promise<number>;
