/** Increased when an old client or engine could misunderstand a new one. */
export const PROTOCOL_VERSION = 1;
