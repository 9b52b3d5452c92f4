import { diag, DiagLogLevel, ValueType } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Figure } from '../../policy/figures.ts';

/** The sender of the metrics, see https://opentelemetry.io/docs/specs/semconv/resource. */
export interface TelemetrySender {
  readonly instanceId: string;
  readonly hostName: string;
  readonly version: string;
}

export interface OtlpExporter {
  /**
   * Pushes metrics; those without points are omitted. Resolves with the complaint of a collector that accepted only a part,
   * which must not be sent again, or null. Rejects if the collector does not accept them.
   */
  push(figures: readonly Figure[], nowMs: number): Promise<string | null>;
  close(): Promise<void>;
}

type HrTime = [number, number];

/** Creates an exporter. It reads headers, compression and certificates from the variables `OTEL_EXPORTER_OTLP_*`. */
export function createOtlpExporter(url: string, timeoutMs: number, sender: TelemetrySender): OtlpExporter {
  const exporter = new OTLPMetricExporter({ url, timeoutMillis: timeoutMs });
  const resource = resourceFromAttributes({
    'service.name': 'healer',
    'service.version': sender.version,
    'service.instance.id': sender.instanceId,
    'host.name': sender.hostName,
  });
  const scope = { name: 'healer', version: sender.version };
  return {
    push: async (figures, nowMs) => {
      const metrics = figures.filter(({ points }) => points.length > 0).map((figure) => metricOf(figure, nowMs));
      if (metrics.length === 0) return null;
      const complaints = listenForComplaints();
      await send(exporter, { resource, scopeMetrics: [{ scope, metrics }] });
      return complaints.at(-1) ?? null;
    },
    close: () => exporter.shutdown(),
  };
}

function send(exporter: OTLPMetricExporter, metrics: ResourceMetrics): Promise<void> {
  return new Promise((resolve, reject) => {
    exporter.export(metrics, ({ error }) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

/**
 * Sums are cumulative since their counter was 0. The start time of a point changes only if the counter starts again: by that,
 * receivers recognize a reset. A gauge has no start time. A collector that prefers deltas can compute them.
 */
function metricOf({ name, help, unit, kind, points }: Figure, nowMs: number): MetricData {
  const endTime = hrTime(nowMs);
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: points.map(({ labels, value, sinceMs }) => ({
      attributes: labels,
      value,
      // The clock may have been set back since.
      startTime: sinceMs === undefined ? UNSET : hrTime(Math.min(sinceMs, nowMs)),
      endTime,
    })),
  };
  return kind === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE };
}

/** In OTLP, a time of 0 is an absent time. */
const UNSET: HrTime = [0, 0];

/** The only place where the exporter reports that a collector rejected a part: its log. */
const PARTIAL_SUCCESS = 'Received Partial Success response:';

/** Returns a list to which the complaint of the next response is added. */
function listenForComplaints(): readonly string[] {
  const complaints: string[] = [];
  const ignore = (): void => undefined;
  const warn = (message: string, ...details: readonly unknown[]): void => {
    if (message === PARTIAL_SUCCESS) complaints.push(...describePartialSuccess(details[0]));
  };
  const logger = { error: ignore, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return complaints;
}

function describePartialSuccess(json: unknown): string[] {
  const { rejectedDataPoints = 0, errorMessage = '' } = parsePartialSuccess(json);
  const rejected = Number(rejectedDataPoints);
  const reason = typeof errorMessage === 'string' && errorMessage !== '' ? `: ${errorMessage.slice(0, 500)}` : '';
  if (rejected > 0) return [`the collector rejected ${String(rejected)} data points${reason}`];
  return reason === '' ? [] : [`the collector accepted the metrics with a warning${reason}`];
}

function parsePartialSuccess(json: unknown): {
  readonly rejectedDataPoints?: unknown;
  readonly errorMessage?: unknown;
} {
  const parsed: unknown = typeof json === 'string' ? JSON.parse(json) : null;
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
