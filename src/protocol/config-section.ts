/** The sections of the remote API configuration, which can be read and replaced over HTTP. */
export const CONFIG_SECTIONS = [
  'remote-access',
  'trusted-hosts',
  'executable-whitelist',
  'executable-blacklist',
  'standalone-mode',
  'partner-discovery',
] as const;

export type ConfigSection = (typeof CONFIG_SECTIONS)[number];
