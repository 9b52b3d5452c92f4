/** A complete unit of terminal input (ECMA-48, and the extensions of xterm for keys, mouse and pastes). */
export type InputToken =
  /** A character that was typed, which may be a control character. */
  | { readonly kind: 'character'; readonly text: string }
  /** Escape and a character in one: a key with Alt. */
  | { readonly kind: 'alt'; readonly text: string }
  /** Escape alone. */
  | { readonly kind: 'escape' }
  | { readonly kind: 'csi'; readonly parameters: string; readonly intermediates: string; readonly final: string }
  | { readonly kind: 'ss3'; readonly final: string }
  /** A function key of the Linux console: `CSI [` and a letter. */
  | { readonly kind: 'console'; readonly final: string }
  /** A mouse event as X10 encodes it: three characters, each 32 above its value. */
  | { readonly kind: 'mouse'; readonly values: readonly number[] }
  /** A control string; its body is cut to `reportChars`. */
  | { readonly kind: 'string'; readonly type: StringType; readonly body: string }
  | { readonly kind: 'paste'; readonly text: string };

export type StringType = 'dcs' | 'sos' | 'osc' | 'pm' | 'apc';
