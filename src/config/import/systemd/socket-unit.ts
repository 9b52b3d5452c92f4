import { join } from 'node:path';
import { socketsSchema } from '../../../protocol/spec/sockets-spec.ts';
import { folderOf } from '../draft/folder-of.ts';
import type { SpecDraft } from '../draft/imported.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { readTextFile } from '../draft/text-file.ts';
import { expandSpecifiers, type UnitName } from './specifiers.ts';
import { parseUnitFile, type UnitValue } from './unit-file.ts';

type Socket = NonNullable<SpecDraft['sockets']>[number];

/** Converts the socket unit next to a service that has the same name. */
export function convertSocketUnit(file: string, unit: UnitName, draft: ProgramDraft): void {
  const name = unit.full.replace(/\.service$/, '.socket');
  const text = name === unit.full ? null : readTextFile(join(folderOf(file), name));
  const values = text === null ? [] : (parseUnitFile(text).sections.get('Socket') ?? []);
  const last = (key: string): string | undefined => values.findLast((value) => value.key === key)?.text;
  // Such a unit starts a template for each connection.
  if (/^(?:yes|true|on|1)$/i.test(last('Accept') ?? '')) return;
  const listens = values.filter(({ key }) => key.startsWith('Listen'));
  const sockets = listens.flatMap((value): readonly Socket[] => {
    const socket = socketOf(value, { name: last('FileDescriptorName') ?? name, unit, last });
    if (socket === null) {
      const message = `${value.key}=${value.text}: healer cannot open such a socket; let the program open its own`;
      draft.lose(`${name}:${String(value.line)}`, message);
    }
    return socket === null ? [] : [socket];
  });
  // The program knows its sockets by their number.
  if (sockets.length > 0 && sockets.length === listens.length) draft.set({ sockets });
}

interface SocketContext {
  readonly name: string;
  readonly unit: UnitName;
  readonly last: (key: string) => string | undefined;
}

function socketOf({ key, text }: UnitValue, { name, unit, last }: SocketContext): Socket | null {
  const { text: written, unknown } = expandSpecifiers(text, unit);
  if (key !== 'ListenStream' || unknown !== null) return null;
  const backlog = Number(last('Backlog') ?? Number.NaN);
  const mode = (last('SocketMode') ?? '0666').replace(/^0(?=\d{3}$)/, '');
  const socket = {
    listen: /^\d+$/.test(written) ? Number(written) : written,
    name,
    ...(Number.isInteger(backlog) && backlog > 0 && backlog <= LARGEST_BACKLOG && { backlog }),
    ...(written.startsWith('/') && { mode }),
  };
  return socketsSchema.safeParse([socket]).success ? socket : null;
}

/** systemd's default, 2^32 - 1, is as much as the kernel accepts. */
const LARGEST_BACKLOG = 65_535;
