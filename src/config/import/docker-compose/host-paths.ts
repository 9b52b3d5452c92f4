import { join, normalize, relative, resolve } from 'node:path';
import { type Fields, listOf } from '../draft/plain-values.ts';
import { textOf } from '../draft/text-of.ts';

/** A folder or file of a container that is on this machine. */
export interface Mount {
  readonly inContainer: string;
  readonly onHost: string;
}

/** Where the files of a container are on this machine. */
export interface HostPaths {
  /** Returns the path on this machine; null when the file exists only in the image. */
  readonly find: (path: string) => string | null;
  /** The number of folders and files that the container shares with this machine. */
  readonly mounts: number;
}

/**
 * Returns where the files of a service are: in its bind mounts, or below the folder that its image is built from.
 */
export function hostPaths(
  service: Fields,
  { folder, built, expand }: { folder: string; built: readonly Mount[]; expand: (text: string) => string },
): HostPaths {
  const mounts = listOf(service['volumes']).flatMap((volume) => mountOf(volume, folder, expand));
  // The most specific mount counts.
  const all = [...mounts, ...built].sort((one, other) => other.inContainer.length - one.inContainer.length);
  const find = (path: string): string | null => {
    const plain = normalize(path).replace(/(?<=.)\/$/, '');
    const mount = all.find(
      ({ inContainer }) => plain === inContainer || plain.startsWith(`${inContainer.replace(/\/$/, '')}/`),
    );
    return mount === undefined ? null : join(mount.onHost, relative(mount.inContainer, plain));
  };
  return { find, mounts: mounts.length };
}

function mountOf(volume: unknown, folder: string, expand: (text: string) => string): Mount[] {
  if (typeof volume === 'string') {
    const [source = '', target = ''] = expand(volume).split(/:(?!-)/);
    return isPath(source) && target.startsWith('/') ? [placed(source, target, folder)] : [];
  }
  const { type, source, target } = (volume ?? {}) as Fields;
  if (type !== 'bind' || source === undefined || target === undefined) return [];
  return [placed(expand(textOf(source)), textOf(target), folder)];
}

/** A source without a slash at its start is the name of a volume. */
function isPath(source: string): boolean {
  return /^[./~]|^\$\{?PWD/.test(source);
}

function placed(source: string, target: string, folder: string): Mount {
  const path = source.replace(/^\$\{PWD(?::-)?\}/, folder);
  return { inContainer: normalize(target).replace(/(?<=.)\/$/, ''), onHost: resolve(folder, path) };
}
