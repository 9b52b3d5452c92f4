import type { OfflineRegistry } from '../../config/sources/offline-registry.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { type Context, withConnection } from '../command/context.ts';
import { connectIfRunning } from '../engine/start-engine.ts';

/** The way to change definitions: through the engine, or directly in the registry if no engine is running. */
export type Registrar =
  | { readonly kind: 'engine'; readonly api: EngineApi }
  | { readonly kind: 'offline'; readonly registry: OfflineRegistry };

/**
 * Does the work through the engine if it is running, otherwise directly on the registry, under its lock. An engine that
 * starts in the meantime reads the change from the file.
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

/** Opens the registry, together with the files that an engine started from the current folder would read. */
export async function openRegistry({ paths }: Context): Promise<OfflineRegistry> {
  const [{ openOfflineRegistry }, { resolveSourceFiles }] = await Promise.all([
    import('../../config/sources/offline-registry.ts'),
    import('./source-files.ts'),
  ]);
  return openOfflineRegistry(paths, await resolveSourceFiles(undefined, paths.configDir));
}
