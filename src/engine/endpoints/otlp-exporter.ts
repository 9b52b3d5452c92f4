import { ValueType } from '@opentelemetry/api';
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
  /** The time since which sums have been counted, in ms since 1970. */
  readonly startedAtMs: number;
}

export interface OtlpExporter {
  /** Pushes metrics. Rejects if the collector does not accept them. */
  push(figures: readonly Figure[], nowMs: number): Promise<void>;
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
  const startTime = hrTime(sender.startedAtMs);
  return {
    push: (figures, nowMs) => {
      const metrics = figures.map((figure) => metricOf(figure, startTime, hrTime(nowMs)));
      return send(exporter, { resource, scopeMetrics: [{ scope, metrics }] });
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

/** Sums are cumulative since the engine started. A collector that prefers deltas can compute them. */
function metricOf({ name, help, unit, kind, points }: Figure, startTime: HrTime, endTime: HrTime): MetricData {
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: points.map(({ labels, value }) => ({ attributes: labels, value, startTime, endTime })),
  };
  return kind === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE };
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
