import { parse } from 'yaml';
import { parseKeyValueLines } from '../../src/config/alerts/key-value-lines.ts';
import { alertsSchema, emailSchema } from '../../src/config/alerts/alerts-config.ts';
import { importProcfile } from '../../src/config/import/procfile.ts';
import { importEcosystem } from '../../src/config/import/pm2/ecosystem.ts';
import { renderYaml } from '../../src/config/import/render-yaml.ts';
import { importConf } from '../../src/config/import/supervisord/conf.ts';
import { parseProcessList } from '../../src/config/process-list/read-process-list.ts';
import { parseRegistry } from '../../src/config/registry/registry-content.ts';
import { combineReadings } from '../../src/config/sources/combine-sources.ts';
import { readHealerYaml } from '../../src/config/yaml/read-healer-yaml.ts';
import { callerRequestOf } from '../../src/engine/servers/http/caller-request.ts';
import { parseParams } from '../../src/engine/access/parse-params.ts';
import { originOf } from '../../src/policy/remote-access/forwarding.ts';
import { originProblem } from '../../src/policy/remote-access/request-origin.ts';
import { HealerError } from '../../src/protocol/errors.ts';
import { LineDecoder } from '../../src/protocol/framing.ts';
import { METHODS } from '../../src/protocol/methods/methods.ts';
import { processSpecSchema } from '../../src/protocol/process-spec.ts';
import { isRecord } from '../../src/protocol/rpc.ts';

/** Reads arbitrary bytes as input of one kind. Throws if the reader breaks one of its promises. */
export type FuzzTarget = (data: Buffer) => void | Promise<void>;

/** The readers of input that comes from outside, without those that need an engine. */
export const TARGETS = {
  frames: fuzzFrames,
  'process-list': fuzzProcessList,
  yaml: fuzzYaml,
  procfile: (data) => importing(() => importProcfile(data.toString(), '/srv/Procfile', { dotenv: data.toString() })),
  supervisord: (data) => importing(() => importConf(data.toString(), '/srv/s.conf')),
  pm2: fuzzPm2,
  email: fuzzSettings,
  registry: (data) => void parseRegistry(data.toString()),
  http: fuzzHttpHeaders,
} as const satisfies Record<string, FuzzTarget>;

function promise(isKept: boolean, what: string): void {
  if (!isKept) throw new Error(`broken promise: ${what}`);
}

/** The first byte says where the rest is cut in two. */
function fuzzFrames(data: Buffer): void {
  const bytes = data.subarray(1);
  const cut = Math.min(data[0] ?? 0, bytes.length);
  const decoder = new LineDecoder();
  const frames = [...decoder.push(bytes.subarray(0, cut)), ...decoder.push(bytes.subarray(cut))];
  const lines = bytes
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== '');
  promise(frames.length === lines.length, `${String(frames.length)} frames instead of ${String(lines.length)}`);
  for (const frame of frames) {
    if (frame.kind === 'line') refused(() => parseRequest(frame.text));
  }
}

function parseRequest(text: string): void {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return;
  }
  if (!isRecord(message)) return;
  const methods = Object.keys(METHODS) as (keyof typeof METHODS)[];
  const named = methods.find((method) => method === message['method']);
  for (const method of named === undefined ? methods : [named]) refused(() => parseParams(method, message['params']));
}

/** Invalid input is refused with an error that has a code and a sentence; any other error is a fault. */
function refused(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof HealerError)) throw error;
    promise(error.message !== '' && !error.message.includes('\n'), 'an error is one sentence');
  }
}

function fuzzProcessList(data: Buffer): void {
  const { entries, problems } = parseProcessList(data, 'list.txt');
  promise(new Set(entries.map(({ spec }) => spec.id)).size === entries.length, 'ids are unique');
  for (const { spec } of entries) promise(processSpecSchema.safeParse(spec).success, 'entries are valid definitions');
  for (const { line, column, message } of problems) {
    promise((line ?? 1) > 0 && (column ?? 1) > 0 && message !== '', 'problems have a place');
  }
}

async function fuzzYaml(data: Buffer): Promise<void> {
  const reading = await readHealerYaml(data, '/srv/healer.yaml', { USER_NAME: 'ann', EMPTY: '' });
  const { specs, problems } = combineReadings([reading]);
  for (const { line, column, message } of problems) {
    promise((line ?? 1) > 0 && (column ?? 1) > 0 && message !== '', 'problems have a place');
  }
  for (const { spec } of specs) promise(processSpecSchema.safeParse(spec).success, 'programs are valid definitions');
}

function importing(convert: () => ReturnType<typeof importProcfile>): void {
  refused(() => {
    const imported = convert();
    const yaml = renderYaml(imported, { source: 'x', schema: 's' });
    const read = (parse(yaml) as { processes: Record<string, object> | null }).processes ?? {};
    promise(
      Object.keys(read).join() === imported.programs.map(({ id }) => id).join(),
      'the written YAML has all programs',
    );
  });
}

function fuzzPm2(data: Buffer): void {
  let value: unknown;
  try {
    value = parse(data.toString(), { maxAliasCount: 10, logLevel: 'silent' });
  } catch {
    return;
  }
  importing(() => importEcosystem(value, '/srv/ecosystem.json', { envName: 'production' }));
}

function fuzzSettings(data: Buffer): void {
  const lines = parseKeyValueLines(data.toString());
  for (const { line } of lines) promise(line > 0, 'problems have a place');
  const values = Object.fromEntries(lines.flatMap((each) => ('key' in each ? [[each.key, each.value]] : [])));
  for (const schema of [emailSchema, alertsSchema]) schema.safeParse(values);
}

/** Headers as pairs of lines. */
function fuzzHttpHeaders(data: Buffer): void {
  const rawHeaders = data.toString('latin1').split('\n');
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers[(rawHeaders[index] ?? '').toLowerCase()] = rawHeaders[index + 1] ?? '';
  }
  const request = { rawHeaders, headers, url: headers['url'] ?? '/', method: 'GET', socket: { remoteAddress: '::1' } };
  refused(() => {
    const { originHeaders, forwardedFor } = callerRequestOf(request as never);
    if (originHeaders !== null)
      originProblem(originHeaders, { localAddress: '127.0.0.1', names: ['shop.example.com'] });
    originOf('10.0.0.1', forwardedFor, ['10.0.*.*', '*.example.com']);
  });
}
