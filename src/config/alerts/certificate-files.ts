import { X509Certificate } from 'node:crypto';
import { readRegularFile } from '../../base/regular-file.ts';
import { messageOf } from '../../base/thrown.ts';
import type { ChannelSettings } from '../../protocol/alert-delivery.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';

/** Where a setting is. */
interface SettingPlace {
  readonly key: string;
  readonly file: string;
  readonly line: number | null;
  readonly valueColumn: number | null;
}

/** Returns the certificate files that the settings name. */
export function certificateFiles({ email, webhook }: ChannelSettings): string[] {
  return [email?.caFile ?? null, webhook?.caFile ?? null].filter((file) => file !== null);
}

/** Returns an error for each certificate file that is missing, or contains no certificate. `places`: of the settings, mail first. */
export function certificateProblems(
  { email, webhook }: ChannelSettings,
  [mailPlace, webhookPlace]: readonly (SettingPlace | undefined)[],
): ConfigProblem[] {
  return [...problemOf(email?.caFile, mailPlace), ...problemOf(webhook?.caFile, webhookPlace)];
}

function problemOf(caFile: string | null | undefined, place: SettingPlace | undefined): ConfigProblem[] {
  if (caFile === null || caFile === undefined || place === undefined) return [];
  const { file, line, valueColumn: column, key } = place;
  try {
    const content = readRegularFile(caFile).content;
    // Throws if the first of them is not a certificate.
    new X509Certificate(content);
    return [];
  } catch (error) {
    const reason = messageOf(error)
      .replace(/^error:[^ ]*:/, '')
      .trim();
    const message = `${key}: "${caFile}" cannot be used`;
    return [{ severity: 'error', file, line, column, message, hint: `${reason}; name a PEM file with certificates` }];
  }
}
