/** A fault of the engine that the fault tests must detect. */
export interface Mutation {
  readonly name: string;
  /** Each `from` occurs exactly once in its file. */
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
}

export declare const MUTATIONS: readonly Mutation[];
