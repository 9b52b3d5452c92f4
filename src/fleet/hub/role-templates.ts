import { CLOCK_SUBJECT } from '../bus/hub-time.ts';
import { keptSubject } from '../contract/kept.ts';
import { ANY, BUCKETS, STREAMS } from '../contract/subjects.ts';

/**
 * What a credential may be issued for. An `invitation` may only be exchanged for a credential; the `keeper` is the agent on
 * the machine of the hub, which creates streams and answers invitations.
 */
export const SCOPES = ['host', 'viewer', 'operator', 'admin', 'invitation', 'keeper'] as const;
export type Scope = (typeof SCOPES)[number];

/** Subjects that a credential may publish to and subscribe to. The server fills in the templates from the credential. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const HOST = 'healer.v1.{{tag(site)}}.{{name()}}';
const CALLER = '{{name()}}';
/**
 * Returns what each scope permits. The rules behind it:
 * - The name of the caller stands in the subject of a request, so that the server vouches for it.
 * - Neither hosts nor persons may use JetStream, or publish what a stream acknowledges. The server itself publishes answers and
 *   acknowledgments to any subject that the sender names, with all rights: a viewer could purge streams, and write rows,
 *   labels and requests of others. The agent of the hub reads streams for persons.
 * - A host answers only to the inboxes of persons, which contain a random part that only the hosts know that were asked.
 */
export function permissionsOf(scope: Scope): Permissions {
  switch (scope) {
    case 'host':
      return {
        // Row, facts, events and changes of programs. Each pattern costs the server more than a kilobyte for each host.
        publish: [`${HOST}.*`, CLOCK_SUBJECT, '_INBOX.person.>'],
        subscribe: [`${HOST}.rpc.>`, `${HOST}.row`, '_INBOX.host.{{tag(site)}}.{{name()}}.>'],
      };
    case 'viewer':
      return viewer();
    case 'operator':
      return {
        ...viewer(),
        publish: [
          ...viewer().publish,
          `healer.v1.{{tag(site)}}.*.rpc.operate.{{tag(verb)}}.${CALLER}`,
          `healer.v1.audit.${CALLER}`,
        ],
      };
    case 'admin':
      return {
        subscribe: [...viewer().subscribe, 'healer.v1.audit.>'],
        publish: [
          ...viewer().publish,
          `healer.v1.*.*.rpc.operate.*.${CALLER}`,
          `healer.v1.*.*.rpc.admin.*.${CALLER}`,
          `healer.v1.audit.${CALLER}`,
        ],
      };
    case 'invitation':
      return { publish: ['healer.v1.join.{{subject()}}'], subscribe: ['_INBOX.join.{{subject()}}.>'] };
    case 'keeper':
      return keeper();
  }
}

function viewer(): Permissions {
  return {
    publish: [`healer.v1.*.*.rpc.read.*.${CALLER}`, CLOCK_SUBJECT, keptSubject(CALLER)],
    subscribe: [
      ...['row', 'live', 'ev', 'facts'].map((kind) => `healer.v1.*.*.${kind}`),
      `$KV.${BUCKETS.hosts}.>`,
      `_INBOX.person.${CALLER}.>`,
    ],
  };
}

/** Each form exists with and without further tokens. */
function readStream(stream: string): readonly string[] {
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    ...['CREATE', 'MSG.NEXT', 'INFO', 'DELETE'].map((call) => `$JS.API.CONSUMER.${call}.${stream}.>`),
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
  ];
}

function writeBucket(bucket: string): readonly string[] {
  return [`$KV.${bucket}.>`];
}

/** Every stream of the fleet, also those behind buckets. */
export const ALL_STREAMS = [...Object.values(STREAMS), ...Object.values(BUCKETS).map((bucket) => `KV_${bucket}`)];

function keeper(): Permissions {
  return {
    publish: [
      '_INBOX.>',
      '$JS.API.INFO',
      ...ALL_STREAMS.flatMap((stream) =>
        ['INFO', 'CREATE', 'UPDATE', 'PURGE'].map((call) => `$JS.API.STREAM.${call}.${stream}`),
      ),
      ...Object.values(BUCKETS).flatMap(writeBucket),
      '$JS.FC.>',
      ...ALL_STREAMS.flatMap(readStream),
    ],
    subscribe: [CLOCK_SUBJECT, keptSubject(ANY), 'healer.v1.join.*', '_INBOX.keeper.>'],
  };
}
