import { PACKAGE_VERSION } from '../../base/package-version.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { HelloResult } from '../../protocol/methods/methods.ts';

const UNKNOWN_METHOD = /^unknown method "([^"]*)"/;
/** The answer of the remote API to a path that it does not serve. */
const UNKNOWN_ROUTE = /^((?:GET|POST|PUT|PATCH|DELETE) \S+) does not exist/;
/** The answer of an engine of an earlier version to a request whose code it would have loaded from files of its own. */
const LOST_FILE = /^cannot find module '.*\/dist\/[^/']+\.js'/i;
const UNKNOWN_FIELD = /^invalid parameters for "([^"]*)": .*unrecognized keys?: ("[^"]*"(?:, "[^"]*")*)/i;

/**
 * Returns an error as the engine answered it, or one that names both versions if the engine does not know a method or a
 * field, because it is of another version than this client.
 */
export function explainVersionGap(error: Error, hello: Pick<HelloResult, 'version' | 'pid'>): Error {
  if (!(error instanceof HealerError)) return error;
  const unknown = unknownTo(error, hello);
  if (unknown === null) return LOST_FILE.test(error.message) ? lostFiles(error, hello) : error;
  const versions = `the engine (healer ${hello.version}, pid ${hello.pid}) does not know ${unknown} of healer ${PACKAGE_VERSION}`;
  const step = 'run "healer upgrade": the engine gets this version, and programs keep running';
  return new HealerError(
    'INVALID_STATE',
    `${versions} — ${step}`,
    { ...error.data, engine: hello.version, client: PACKAGE_VERSION, refusal: error.message },
    { cause: error },
  );
}

function lostFiles(error: HealerError, { version, pid }: Pick<HelloResult, 'version' | 'pid'>): HealerError {
  return new HealerError(
    'INVALID_STATE',
    `the engine (healer ${version}, pid ${pid}) needs files that the upgrade to healer ${PACKAGE_VERSION} removed — run "healer upgrade": the engine gets this version, and programs keep running`,
    { ...error.data, engine: version, client: PACKAGE_VERSION, refusal: error.message },
    { cause: error },
  );
}

/** The same for an engine that is reached over its remote API. */
export function explainRemoteVersionGap(
  error: unknown,
  { version }: Pick<HelloResult, 'version'>,
  url: string,
): unknown {
  if (!(error instanceof HealerError) || version === PACKAGE_VERSION) return error;
  const [, route] = UNKNOWN_ROUTE.exec(error.message) ?? [];
  const unknown = route === undefined ? unknownTo(error, { version }) : `the request "${route}"`;
  if (unknown === null) return error;
  const versions = `the engine at ${url} (healer ${version}) does not know ${unknown} of healer ${PACKAGE_VERSION}`;
  const step = 'install the same version on both machines, and run "healer upgrade" on that one';
  const data = { ...error.data, engine: version, client: PACKAGE_VERSION, refusal: error.message };
  return new HealerError('INVALID_STATE', `${versions} — ${step}`, data, { cause: error });
}

/** The same for a host that is reached over the bus of a fleet: its errors name its version. */
export function explainHostVersionGap(error: unknown, host: string): unknown {
  if (!(error instanceof HealerError)) return error;
  const { hostVersion, refusal } = error.data;
  if (typeof hostVersion !== 'string' || hostVersion === PACKAGE_VERSION) return error;
  const said = typeof refusal === 'string' ? refusal : error.message;
  const code = UNKNOWN_METHOD.test(said) ? 'INTERNAL' : 'INVALID_CONFIG';
  const unknown = unknownTo(new HealerError(code, said), { version: hostVersion });
  if (unknown === null) return error;
  const versions = `"${host}" (healer ${hostVersion}) does not know ${unknown} of healer ${PACKAGE_VERSION}`;
  const step = 'install the same version there, and run "healer down --keep" and then "healer up" on that host';
  const data = { ...error.data, engine: hostVersion, client: PACKAGE_VERSION, refusal: said };
  return new HealerError('INVALID_STATE', `${versions} — ${step}`, data, { cause: error });
}

function unknownTo({ code, message }: HealerError, { version }: Pick<HelloResult, 'version'>): string | null {
  const [, method] = UNKNOWN_METHOD.exec(message) ?? [];
  // Every client of the same version knows all methods, so the engine is another build.
  if (method !== undefined && code === 'INTERNAL') return `the request "${method}"`;
  const [, request, fields] = UNKNOWN_FIELD.exec(message) ?? [];
  // A caller of the same version may have made a mistake, which the answer of the engine names.
  if (fields === undefined || code !== 'INVALID_CONFIG' || version === PACKAGE_VERSION) return null;
  return `${fields} in the request "${request ?? ''}"`;
}
