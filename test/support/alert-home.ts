import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that does nothing until it is stopped. */
export const SLEEPER = '/bin/sleep 3600';

/** Configures a home to send its mail to a server on this machine. */
export function configureMail(
  home: { readonly paths: { readonly configDir: string } },
  port: number,
  ...more: string[]
): void {
  const { configDir } = home.paths;
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  const lines = [
    'smtp_server = 127.0.0.1',
    `smtp_port = ${port}`,
    'use_ssl = false',
    'sender_email = healer@example.com',
    'receiver_email = ops@example.com',
    ...more,
  ];
  writeFileSync(join(configDir, 'email_config.txt'), `${lines.join('\n')}\n`, { mode: 0o600 });
}
