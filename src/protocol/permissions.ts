/** What callers of the remote API that are not trusted may do (SPEC section 12), with what holds unless it is set. */
export const PERMISSIONS = {
  allowRegister: { default: true, meaning: 'define programs, and change what is defined' },
  allowDeregister: { default: true, meaning: 'take programs out of the registry' },
  allowStart: { default: true, meaning: 'start programs, and let paused ones go on' },
  allowStop: { default: true, meaning: 'stop, pause and kill programs' },
  allowDisable: { default: true, meaning: 'disable and enable programs, and switch their healing off' },
  allowAutostart: { default: true, meaning: 'define programs that start by themselves' },
  allowMonitorRestart: { default: false, meaning: 'restart the engine' },
} as const satisfies Record<string, { readonly default: boolean; readonly meaning: string }>;

export type Permission = keyof typeof PERMISSIONS;
export type Permissions = Readonly<Record<Permission, boolean>>;
