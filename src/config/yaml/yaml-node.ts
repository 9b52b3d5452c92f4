/** A value as a parser has read it. `at` is its offset in the text; null if it is missing and its place is unknown. */
export type YamlNode =
  | (Anchored & {
      readonly kind: 'scalar';
      readonly value: YamlScalar;
      readonly source: string;
      readonly isPlain: boolean;
    })
  | (Anchored & { readonly kind: 'list'; readonly items: YamlNode[] })
  | (Anchored & { readonly kind: 'map'; readonly pairs: YamlPair[] })
  | { readonly kind: 'alias'; readonly at: number | null; readonly name: string };

/** Other values, such as dates, are not part of the core schema of YAML 1.2. */
export type YamlScalar = string | number | boolean | null;

export interface YamlPair {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

interface Anchored {
  readonly at: number | null;
  readonly anchor: string | undefined;
}
