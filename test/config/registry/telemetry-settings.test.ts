import { describe, expect, test } from 'vitest';
import { telemetryTargetOf } from '../../../src/config/registry/telemetry-settings.ts';

const SET = { telemetry: { endpoint: 'http://box:4318/', intervalSeconds: 5 } };

describe('the push target of metrics', () => {
  test.each<[string, object, Record<string, string>, unknown]>([
    ['is none without settings', {}, {}, null],
    ['is none when the variable is empty', {}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, null],
    ['follows the setting', SET, {}, { url: 'http://box:4318/v1/metrics', intervalMs: 5_000 }],
    [
      'follows the variables, which override the setting',
      SET,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:4318', OTEL_METRIC_EXPORT_INTERVAL: '2500' },
      { url: 'http://other:4318/v1/metrics', intervalMs: 2_500 },
    ],
    [
      'is the metrics endpoint as given',
      {},
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://m/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:4318' },
      { url: 'https://m/x', intervalMs: 60_000 },
    ],
    ['is none when the SDK is disabled', SET, { OTEL_SDK_DISABLED: 'true' }, null],
    ['is none when the metrics exporter is none', SET, { OTEL_METRICS_EXPORTER: 'none' }, null],
  ])('%s', (_, stored, env, target) => {
    expect(telemetryTargetOf({ ...stored }, env)).toEqual(target);
  });

  test.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'box:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://box:4318', OTEL_METRIC_EXPORT_INTERVAL: 'often' },
  ])('reports the variable that is invalid: %j', (env) => {
    expect(() => telemetryTargetOf({}, env)).toThrow(/OTEL_\w+ is ".*", but must be a /);
  });

  test.each(['me:hush@box:4318', 'grpc://me:hush@box:4318?key=hush', 'me:hush@x@box:4318', 'box:4318?key=hush'])(
    'does not show a password within an invalid URL: %s',
    (url) => {
      const env = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url };
      expect(() => telemetryTargetOf({}, env)).toThrow(/ is "(?:grpc:\/\/)?box:4318", but must be a URL such as/);
    },
  );
});
