import type { OfflineRegistry } from '../../config/sources/offline-registry.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { type Context, withConnection } from '../command/context.ts';
import { connectIfRunning } from '../engine/start-engine.ts';

/** Who changes definitions: the engine, or, while none runs, this command itself. */
export type Registrar =
  | { readonly kind: 'engine'; readonly api: EngineApi }
  | { readonly kind: 'offline'; readonly registry: OfflineRegistry };

/**
 * Does the work with the engine where one runs, else on the registry itself under its lock. An engine that starts in
 * between finds the change in the file.
 */
export async function withRegistrar<T>(context: Context, work: (registrar: Registrar) => Promise<T>): Promise<T> {
  if (context.remote !== null) return withConnection(context, ({ api }) => work({ kind: 'engine', api }));
  const connection = await connectIfRunning(context.paths);
  if (connection === null) return work({ kind: 'offline', registry: await openRegistry(context) });
  try {
    return await work({ kind: 'engine', api: connection.api });
  } finally {
    connection.close();
  }
}

/** The registry itself. Beside it count the files that an engine would take that was started from here. */
export async function openRegistry({ paths }: Context): Promise<OfflineRegistry> {
  const [{ openOfflineRegistry }, { resolveSourceFiles }] = await Promise.all([
    import('../../config/sources/offline-registry.ts'),
    import('./source-files.ts'),
  ]);
  return openOfflineRegistry(paths, await resolveSourceFiles(undefined, paths.configDir));
}
