import { isLabelKey, isLabelValue, MAX_LABELS } from '../../base/label.ts';
import * as z from 'zod';
import { kindOfHostPattern } from '../../base/host-pattern.ts';
import { PERMISSIONS, type Permission } from '../../protocol/permissions.ts';

const port = z.number().int().min(0).max(65_535);
const absolutePath = z.string().regex(/^\//, 'must be an absolute path').max(4096);
const host = z.string().min(1).max(255);
const hostPattern = host.refine(
  (text) => kindOfHostPattern(text) !== null,
  'must be an address such as 192.168.1.* or a name such as *.example.com',
);
const pathPattern = z
  .string()
  .regex(
    /^(?:\/|\*\*\/)[^\0]*$/,
    'must be an absolute path, in which * and ** match any name and any folders, or begin with **/',
  )
  .max(4096);
const names = Object.keys(PERMISSIONS) as Permission[];
const permissions = Object.fromEntries(
  names.map((name) => [name, z.boolean().default(PERMISSIONS[name].default)]),
) as unknown as Readonly<Record<Permission, z.ZodDefault<z.ZodBoolean>>>;

const remoteAccess = z.strictObject({ enabled: z.boolean().default(true), ...permissions });
const trustedHosts = z.strictObject({
  hosts: z.array(hostPattern).max(1000).default(['localhost', '127.0.0.1', '::1']),
});
const patterns = z.strictObject({ patterns: z.array(pathPattern).max(1000).default([]) });
const api = z.strictObject({
  host: host.default('127.0.0.1'),
  port: port.optional(),
  tokenFile: absolutePath.nullable().default(null),
  insecure: z.boolean().default(false),
  tls: z.strictObject({ certFile: absolutePath, keyFile: absolutePath }).nullable().default(null),
  names: z.array(host).max(100).default([]),
  proxies: z.array(hostPattern).max(100).default([]),
  requestsPerSecond: z.number().min(1).max(100_000).default(50),
});
const aliveness = z.strictObject({ host: host.default('127.0.0.1'), port: port.optional() });
const standaloneMode = z.strictObject({ enabled: z.boolean().default(false) });
const partnerDiscovery = z.strictObject({
  partnerInstanceId: z.string().max(32).default('watcher'),
  partnerAlivenessPort: port.default(19_884),
  partnerStatusUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .default('http://127.0.0.1:19884/status'),
  discoveryOnStartup: z.boolean().default(true),
  startPartnerIfMissing: z.boolean().default(true),
});

const fleet = z.strictObject({
  allow: z.enum(['read', 'operate', 'admin']).default('operate'),
  trust: z.array(z.string().min(1).max(200)).max(1000).default([]),
  labels: z
    .record(
      z.string().refine(isLabelKey, 'must be a label such as "role": letters, digits and _ . -, at most 63'),
      z.string().refine(isLabelValue, 'must be the value of a label: letters, digits and _ . : @ / + -, at most 63'),
    )
    .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `must be at most ${MAX_LABELS} labels`)
    .default({}),
});

const telemetry = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .default(null),
  intervalSeconds: z.number().min(1).max(86_400).default(60),
});

export type ApiSettings = z.output<typeof api>;
/** What callers from the fleet may do on this host. */
export type FleetSettings = z.output<typeof fleet>;

/** The settings of the servers that are reached over the network (docs/http-api.md) and of the peer engine. */
export const REMOTE_SETTINGS = {
  'remote-access': {
    schema: remoteAccess,
    default: remoteAccess.parse({}),
    meaning: 'whether the remote API is served, and what untrusted callers may do',
    example: '\'{"allowStop": false}\'',
  },
  'trusted-hosts': {
    schema: trustedHosts,
    default: trustedHosts.parse({}),
    meaning: 'hosts whose callers have all permissions',
    example: '\'{"hosts": ["localhost", "192.168.1.*", "*.example.com"]}\'',
  },
  'executable-whitelist': {
    schema: patterns,
    default: patterns.parse({}),
    meaning: 'executables that remote callers may register; none while the list is empty',
    example: '\'{"patterns": ["/opt/app/*"]}\'',
  },
  'executable-blacklist': {
    schema: patterns,
    default: patterns.parse({}),
    meaning: 'executables that remote callers may never register',
    example: '\'{"patterns": ["/usr/sbin/**"]}\'',
  },
  api: {
    schema: api,
    default: api.parse({}),
    meaning: 'where the remote API listens, and how callers authenticate',
    example: '\'{"host": "0.0.0.0", "tokenFile": "/etc/healer/token"}\'',
  },
  aliveness: {
    schema: aliveness,
    default: aliveness.parse({}),
    meaning: 'where the aliveness endpoint listens',
    example: '\'{"port": 19883}\'',
  },
  fleet: {
    schema: fleet,
    default: fleet.parse({}),
    meaning:
      'what callers from the fleet may do on this host at most, the names of those with all permissions, and labels of this host',
    example: '\'{"allow": "read", "labels": {"role": "web"}}\'',
  },
  telemetry: {
    schema: telemetry,
    default: telemetry.parse({}),
    meaning: 'the OpenTelemetry collector that metrics are pushed to over HTTP',
    example: '\'{"endpoint": "http://127.0.0.1:4318"}\'',
  },
  'standalone-mode': {
    schema: standaloneMode,
    default: standaloneMode.parse({}),
    meaning: 'whether the engine runs without a watcher',
    example: '\'{"enabled": true}\'',
  },
  'partner-discovery': {
    schema: partnerDiscovery,
    default: partnerDiscovery.parse({}),
    meaning: 'how the watcher is discovered and started',
    example: '\'{"startPartnerIfMissing": false}\'',
  },
} as const;
