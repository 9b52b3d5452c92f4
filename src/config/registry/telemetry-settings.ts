import type { Environment } from '../../base/environment.ts';
import { bareUrl } from '../../base/bare-url.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Fields } from '../reading/source-reading.ts';
import { validSettings } from './settings.ts';

/** Where metrics are pushed to, and how often. */
export interface TelemetryTarget {
  readonly url: string;
  readonly intervalMs: number;
}

const PATH = 'v1/metrics';

/**
 * Returns the OpenTelemetry collector to push to; null when none is configured. The standard variables
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter) override the setting `telemetry`.
 * @throws HealerError INVALID_CONFIG when a variable is not an HTTP URL, or not a number of milliseconds
 */
export function telemetryTargetOf(stored: Fields, env: Environment): TelemetryTarget | null {
  const { endpoint = null, intervalSeconds = 60 } = validSettings(stored).telemetry ?? {};
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_METRICS_EXPORTER'] === 'none') return null;
  const url = fromEnvironment(env) ?? (endpoint === null ? null : below(endpoint));
  if (url === null) return null;
  return { url, intervalMs: intervalFrom(env, intervalSeconds) };
}

function fromEnvironment(env: Environment): string | null {
  const whole = textOf(env, 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT');
  if (whole !== null) return checked('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', whole);
  const base = textOf(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  return base === null ? null : below(checked('OTEL_EXPORTER_OTLP_ENDPOINT', base));
}

function intervalFrom(env: Environment, seconds: number): number {
  const name = 'OTEL_METRIC_EXPORT_INTERVAL';
  const text = textOf(env, name);
  if (text === null) return seconds * 1000;
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw new HealerError('INVALID_CONFIG', `${name} is "${text}", but must be a number of milliseconds above 0`, {
    name,
  });
}

function checked(name: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  const message = `${name} is "${withoutPassword(text)}", but must be a URL such as http://127.0.0.1:4318`;
  throw new HealerError('INVALID_CONFIG', message, { name });
}

/** Also works for text that is not a URL, usually because its scheme is missing. */
function withoutPassword(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(bareUrl(text)) ?? [];
  return `${scheme}${rest.replace(/^.*@/s, '')}`;
}

function below(base: string): string {
  return `${base.replace(/\/+$/, '')}/${PATH}`;
}

/** Treats an empty variable as unset, as OpenTelemetry specifies. */
function textOf(env: Environment, name: string): string | null {
  const text = env[name]?.trim() ?? '';
  return text === '' ? null : text;
}
