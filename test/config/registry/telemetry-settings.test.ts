import { describe, expect, test } from 'vitest';
import { telemetryTargetOf } from '../../../src/config/registry/telemetry-settings.ts';

const SET = { telemetry: { endpoint: 'http://box:4318/', intervalSeconds: 5 } };

describe('where figures are pushed to', () => {
  test.each<[string, object, Record<string, string>, unknown]>([
    ['nowhere unless told', {}, {}, null],
    ['nowhere with an empty variable', {}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, null],
    ['where the setting says', SET, {}, { url: 'http://box:4318/v1/metrics', intervalMs: 5_000 }],
    [
      'where the variable says, which wins',
      SET,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:4318', OTEL_METRIC_EXPORT_INTERVAL: '2500' },
      { url: 'http://other:4318/v1/metrics', intervalMs: 2_500 },
    ],
    [
      'at exactly the place for figures where one is named',
      {},
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://m/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:4318' },
      { url: 'https://m/x', intervalMs: 60_000 },
    ],
    ['nowhere when it is all off', SET, { OTEL_SDK_DISABLED: 'true' }, null],
    ['nowhere when figures are off', SET, { OTEL_METRICS_EXPORTER: 'none' }, null],
  ])('%s', (_, stored, env, target) => {
    expect(telemetryTargetOf({ ...stored }, env)).toEqual(target);
  });

  test.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'box:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://box:4318', OTEL_METRIC_EXPORT_INTERVAL: 'often' },
  ])('what cannot be understood is named: %j', (env) => {
    expect(() => telemetryTargetOf({}, env)).toThrow(/OTEL_\w+ is "/);
  });

  test.each(['me:hush@box:4318', 'grpc://me:hush@box:4318?key=hush', 'me:hush@x@box:4318', 'box:4318?key=hush'])(
    'a password in what cannot be understood is not told: %s',
    (url) => {
      const env = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url };
      expect(() => telemetryTargetOf({}, env)).toThrow(/ is "(?:grpc:\/\/)?box:4318": a URL such as/);
    },
  );
});
