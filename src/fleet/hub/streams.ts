import {
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { ANY, auditSubject, BUCKETS, hostSubject, STREAMS } from '../contract/subjects.ts';

const DAY_NS = 86_400_000_000_000;
const GB = 2 ** 30;

type Config = Partial<StreamConfig> & { readonly name: string };

/**
 * The streams of the fleet. What hosts and persons publish is not acknowledged: the server publishes an acknowledgment to any subject that
 * the sender names, also to one that only another host may use. Rows are kept in a file, because the server loses streams in
 * memory when it restarts, and with them the last row of each lost host.
 */
const STREAM_CONFIGS: readonly Config[] = [
  {
    name: STREAMS.rows,
    subjects: [hostSubject(ANY, ANY, 'row')],
    storage: StorageType.File,
    max_msgs_per_subject: 1,
    max_age: 7 * DAY_NS,
    max_msg_size: 8192,
    no_ack: true,
    allow_direct: true,
  },
  {
    name: STREAMS.facts,
    subjects: [hostSubject(ANY, ANY, 'facts')],
    storage: StorageType.File,
    max_msgs_per_subject: 1,
    max_msg_size: 32_768,
    no_ack: true,
    allow_direct: true,
  },
  {
    name: STREAMS.events,
    subjects: [hostSubject(ANY, ANY, 'ev')],
    storage: StorageType.File,
    max_age: 30 * DAY_NS,
    max_bytes: 10 * GB,
    max_msg_size: 65_536,
    duplicate_window: 120_000_000_000,
    no_ack: true,
    allow_direct: true,
  },
  {
    name: STREAMS.audit,
    subjects: [auditSubject(ANY)],
    storage: StorageType.File,
    max_age: 366 * DAY_NS,
    max_bytes: GB,
    no_ack: true,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
  },
];

const BUCKET_HISTORY: Readonly<Record<keyof typeof BUCKETS, number>> = { hosts: 1, operations: 4, config: 64 };

/** Creates the streams and buckets that are missing, and updates those that another version of healer created. */
export async function ensureStreams(nats: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  for (const config of STREAM_CONFIGS) await ensureStream(manager, config);
  const buckets = new Kvm(nats);
  for (const [name, bucket] of Object.entries(BUCKETS)) {
    await buckets.create(bucket, { history: BUCKET_HISTORY[name as keyof typeof BUCKETS], storage: StorageType.File });
  }
}

async function ensureStream(manager: JetStreamManager, config: Config): Promise<void> {
  const full = { retention: RetentionPolicy.Limits, ...config };
  const existing = await manager.streams.info(config.name).catch(() => null);
  if (existing === null) await manager.streams.add(full);
  else if (isDifferent(existing.config, full)) await manager.streams.update(config.name, full);
}

function isDifferent(current: StreamConfig, wanted: Config): boolean {
  const known = current as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).some(([key, value]) => JSON.stringify(known[key]) !== JSON.stringify(value));
}
