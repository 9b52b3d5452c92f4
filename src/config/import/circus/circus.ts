import picomatch from 'picomatch';
import { HealerError } from '../../../protocol/errors.ts';
import { type ConfSection, type ConfValue, combineSections, parseConfFile } from '../draft/conf-file.ts';
import { finishDrafts } from '../draft/finish-drafts.ts';
import type { Imported, ImportNote } from '../draft/imported.ts';
import { flappingOf, isFlapping } from './flapping.ts';
import { type CircusSockets, socketsOf } from './sockets.ts';
import { convertWatcher } from './watcher.ts';

/**
 * Converts a configuration of circus: each section `[watcher:NAME]`, with the variables of `[env]` and `[env:NAME]`.
 * @throws HealerError INVALID_CONFIG when the file contains no section
 */
export function importCircus(text: string, file: string): Imported {
  const parsed = parseConfFile(text, file);
  const sections = combineSections(parsed.sections);
  if (sections.length === 0) {
    throw new HealerError('INVALID_CONFIG', `"${file}" contains no section such as [watcher:web]`, { file });
  }
  const shared = sections.find(({ name }) => name === 'env')?.values ?? new Map<string, ConfValue>();
  const sockets = socketsOf(sections);
  const flapping = flappingOf(sections);
  const drafts = sections.flatMap((section) => {
    const name = watcherName(section);
    if (name === null) return [];
    const env = [...shared, ...sections.flatMap((other) => variablesFor(name, other))];
    return convertWatcher(section, { name, env, sockets, flapping }).map((draft) => ({
      draft,
      place: section.place,
      isLiteral: false,
    }));
  });
  return finishDrafts(drafts, [...parsed.notes, ...sections.flatMap((section) => notesOf(section, sockets))]);
}

function watcherName({ name }: ConfSection): string | null {
  return name.startsWith('watcher:') ? name.slice('watcher:'.length) : null;
}

/** The section `[env:web,worker-*]` is for several watchers. */
function variablesFor(watcher: string, { name, values }: ConfSection): (readonly [string, ConfValue])[] {
  if (!name.startsWith('env:')) return [];
  const patterns = name.slice('env:'.length).split(',');
  return patterns.some((pattern) => picomatch.isMatch(watcher, pattern.trim())) ? [...values] : [];
}

function notesOf({ name, place, values }: ConfSection, sockets: CircusSockets): ImportNote[] {
  const [kind = '', own = ''] = name.split(':');
  if (kind === 'watcher' || kind === 'env') return [];
  if (kind === 'circus') return [...values].flatMap(([key, value]) => noteOfSetting(key, value));
  if (kind === 'socket' && (sockets.get(own.toLowerCase()) ?? null) !== null) {
    return [{ weight: 'detail', place, message: 'the programs that name it have it in "sockets"' }];
  }
  if (kind === 'plugin' && isFlapping(values.get('use')?.text ?? ''))
    return [{ weight: 'detail', place, message: 'converted to restart.cooldown' }];
  const message = OTHERS[kind];
  if (message === undefined) {
    return [{ weight: 'minor', place, message: `[${name}]: not a documented section of circus` }];
  }
  return [{ weight: 'loss', place, message: `[${name}]: ${message}` }];
}

const OTHERS: Readonly<Record<string, string>> = {
  socket: 'healer cannot open a socket with this address or these options; let the program open its own socket',
  plugin: 'plugins have no equivalent; see limits, health and anomaly of the programs',
};

function noteOfSetting(key: string, { text, place }: ConfValue): ImportNote[] {
  if (key === 'include' || key === 'include_dir') {
    return [{ weight: 'loss', place, message: `${key}: "${text}" was not imported; import these files too` }];
  }
  if (key === 'umask') return [{ weight: 'loss', place, message: 'umask: set "umask" of the programs' }];
  return [{ weight: 'detail', place, message: `${key}: concerns only circus` }];
}
