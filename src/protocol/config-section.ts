/** A part of the configuration of the remote API, as it is read and written over HTTP. */
export const CONFIG_SECTIONS = [
  'remote-access',
  'trusted-hosts',
  'executable-whitelist',
  'executable-blacklist',
  'standalone-mode',
  'partner-discovery',
] as const;

export type ConfigSection = (typeof CONFIG_SECTIONS)[number];
