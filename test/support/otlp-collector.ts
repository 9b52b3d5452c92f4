import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { freePort } from './free-port.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface NumberPoint {
  readonly attributes: readonly Attribute[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble: number;
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[];
    readonly isMonotonic: boolean;
    readonly aggregationTemporality: number;
  };
}

/** The JSON format of the protocol (https://opentelemetry.io/docs/specs/otlp). */
export interface OtlpRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly Metric[];
    }[];
  }[];
}

/** An OpenTelemetry collector that stores the requests it receives. */
export class OtlpCollector implements AsyncDisposable {
  readonly received: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: OtlpRequest }[] =
    [];
  /** The status of further responses; null sends no response. */
  status: number | null = 200;
  /** The body of further responses. */
  response: unknown = {};
  readonly port: number;
  #server: Server | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  /** @param isListening whether it listens from the start */
  static async open({ isListening = true } = {}): Promise<OtlpCollector> {
    const collector = new OtlpCollector(await freePort());
    if (isListening) await collector.listen();
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  listen(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as OtlpRequest;
        this.received.push({ path: request.url ?? '', headers: request.headers, body });
        if (this.status !== null)
          response.writeHead(this.status, { 'content-type': 'application/json' }).end(JSON.stringify(this.response));
      });
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
  }

  /** Returns the metrics of the newest push by name. */
  newest(): ReadonlyMap<string, Metric> {
    const scopes = this.received.at(-1)?.body.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics) ?? [];
    return new Map(scopes.flatMap(({ metrics }) => metrics.map((metric) => [metric.name, metric] as const)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
  }
}

export function attributesOf(attributes: readonly Attribute[]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}
