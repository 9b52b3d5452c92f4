import { isLabelKey, isLabelValue, MAX_LABELS } from '../../base/label.ts';
import * as from from './fields.ts';
import type { Fields, Reading } from './fields.ts';
import { FACTS_BYTES, type FleetFacts, type HostEntry } from './facts.ts';
import type { Labels } from './labels.ts';
import { EPOCH, MAX_PROTOCOL, MAX_TIME, REVISION, VERSION, type Sender } from './read-row.ts';

const MAX_TEXT = 100;
const ID = /^[0-9A-Za-z-]{1,64}$/;
const ACCESSES = ['read', 'operate', 'admin'] as const;

/** Reads facts from a host that may lie, as strictly as `readRow`. */
export function readFacts(sender: Sender, bytes: Uint8Array): Reading<FleetFacts> {
  return from.readObject(bytes, FACTS_BYTES, 'the message of facts', (fields) => factsOf(sender, fields));
}

function factsOf({ site, host }: Sender, fields: Fields): FleetFacts {
  if (fields['host'] !== host) from.refuse('host');
  return {
    site,
    host,
    epoch: from.nameField(fields, 'epoch', EPOCH),
    at: from.requiredCount(fields, 'at', MAX_TIME),
    hostname: from.textField(fields, 'hostname', MAX_TEXT, ''),
    instance: from.textField(fields, 'instance', MAX_TEXT, 'default'),
    version: from.nameField(fields, 'version', VERSION),
    protocol: from.requiredCount(fields, 'protocol', MAX_PROTOCOL),
    os: from.textField(fields, 'os', MAX_TEXT, ''),
    kernel: from.textField(fields, 'kernel', MAX_TEXT, ''),
    arch: from.textField(fields, 'arch', MAX_TEXT, ''),
    nodeVersion: from.textField(fields, 'nodeVersion', MAX_TEXT, ''),
    cores: from.countField(fields, 'cores', 1_000_000, 0),
    memoryMb: from.figureField(fields, 'memoryMb', Number.MAX_SAFE_INTEGER),
    machine: from.nameField(fields, 'machine', ID),
    boot: from.nameField(fields, 'boot', ID),
    bootedAt: from.countField(fields, 'bootedAt', MAX_TIME, null),
    engineStartedAt: from.countField(fields, 'engineStartedAt', MAX_TIME, null),
    labels: labelsOf(fields),
    // A later version may know further rights.
    allow: fields['allow'] === undefined ? 'read' : (from.knownWordField(fields, 'allow', ACCESSES) ?? 'read'),
    revision: (fields['revision'] ?? null) === null ? null : from.nameField(fields, 'revision', REVISION),
  };
}

/** Reads the entry of a host that an operator invited. */
export function readHostEntry(sender: Sender, bytes: Uint8Array): Reading<HostEntry> {
  return from.readObject(bytes, FACTS_BYTES, 'the entry of the host', (fields) => ({
    ...sender,
    labels: labelsOf(fields),
    invitedAt: from.countField(fields, 'invitedAt', MAX_TIME, 0),
    invitedBy: from.textField(fields, 'invitedBy', MAX_TEXT, ''),
    fencedAt: from.countField(fields, 'fencedAt', MAX_TIME, null),
  }));
}

function labelsOf(fields: Fields): Labels {
  const entries = from.entriesField(fields, 'labels', MAX_LABELS).map(([key, value]) => {
    if (!isLabelKey(key) || typeof value !== 'string' || !isLabelValue(value)) return from.refuse('labels');
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}
