/** The permissions of untrusted callers of the remote API, with their defaults. See docs/security.md. */
export const PERMISSIONS = {
  allowRegister: { default: true, meaning: 'add programs and change their definitions' },
  allowDeregister: { default: true, meaning: 'remove programs from the registry' },
  allowStart: { default: true, meaning: 'start programs and resume paused ones' },
  allowStop: { default: true, meaning: 'stop, pause and kill programs' },
  allowDisable: { default: true, meaning: 'disable and enable programs, and pause their healing' },
  allowAutostart: { default: true, meaning: 'add programs that start automatically' },
  allowMonitorRestart: { default: false, meaning: 'restart the engine' },
} as const satisfies Record<string, { readonly default: boolean; readonly meaning: string }>;

export type Permission = keyof typeof PERMISSIONS;
export type Permissions = Readonly<Record<Permission, boolean>>;

/** Whether remote callers have access at all, and the permissions of those that are not trusted. */
export type RemoteAccess = Permissions & { readonly enabled: boolean };
