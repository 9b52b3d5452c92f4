/** The samples of all contenders in one measurement. */
export interface Group {
  readonly title: string;
  readonly unit: string;
  readonly floors: readonly string[];
  readonly rows: readonly { readonly name: string; readonly median: number; readonly samples: readonly number[] }[];
}

export declare class Tally {
  constructor(title: string, unit: string, floors?: readonly string[]);
  add(name: string, ...values: readonly number[]): void;
  result(): Group;
}
