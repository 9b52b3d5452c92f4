import { badPrograms } from '../../fleet/contract/fleet-host.ts';
import { attentionText } from '../../fleet/contract/host-text.ts';
import type { WatchedHost } from '../../fleet/contract/watched-host.ts';
import { keyLabel } from '../keys/keymap.ts';
import { FLEET_KEYS } from './fleet-keys.ts';
import { ageOf, type FleetModel } from './fleet-model.ts';

/** What was read out. */
interface Spoken {
  readonly hub: string;
  readonly place: string;
  readonly lost: number;
  readonly prompt: string;
  readonly message: string;
  readonly help: boolean;
}

/** Describes what changed in sentences for a screen reader, but no figures that change all the time. */
export class FleetSpeech {
  #spoken: Spoken = { hub: '', place: '', lost: 0, prompt: '', message: '', help: false };

  sentencesFor(model: FleetModel): readonly string[] {
    const before = this.#spoken;
    const now: Spoken = {
      hub: hubText(model),
      place: placeText(model),
      lost: model.list.tally.presences.lost,
      prompt: model.prompt === null ? '' : `Filter: ${model.prompt.text}`,
      message: model.message?.text ?? '',
      help: model.helpShown,
    };
    this.#spoken = now;
    const texts = (['hub', 'prompt', 'message', 'place'] as const).map((name) =>
      now[name] === before[name] ? '' : now[name],
    );
    const lost =
      model.isRead && now.lost !== before.lost ? `${now.lost} ${now.lost === 1 ? 'host' : 'hosts'} lost.` : '';
    return [...texts, lost, ...(now.help && !before.help ? helpTexts() : [])].filter((text) => text !== '');
  }
}

function hubText({ hub, list, isRead }: FleetModel): string {
  if (hub.is === 'connecting') return 'Fleet. Connecting to the hub.';
  if (hub.is === 'refused') return hub.reason;
  if (hub.bus.is === 'away') return 'The hub is away. The list shows what was known.';
  return isRead ? `Fleet, ${list.size > 0 ? 'connected' : 'no hosts yet'}. Press question mark to list the keys.` : '';
}

/** Describes the selected host without figures that change all the time. */
function placeText({ selected, selectedIndex, list, marked, isRead }: FleetModel): string {
  if (!isRead) return '';
  if (selected === null) return list.size === 0 ? '' : 'No host matches.';
  const mark = marked.has(selected.key) ? ', marked' : '';
  return `${hostText(selected)}${mark}, ${selectedIndex + 1} of ${list.shownCount}`;
}

function hostText(host: WatchedHost): string {
  const bad = badPrograms(host);
  const programs =
    host.row === null ? '' : `, ${host.row.programs} ${host.row.programs === 1 ? 'program' : 'programs'}`;
  const attention = attentionText({ ...host, ageMs: ageOf(host), row: withoutTimes(host.row) });
  return `${host.host}, ${host.presence}${programs}${bad === null || bad === 0 ? '' : `, ${bad} bad`}${attention === '' ? '' : `, ${attention}`}`;
}

function withoutTimes(row: WatchedHost['row']): WatchedHost['row'] {
  return row === null ? null : { ...row, worst: row.worst.map((worst) => ({ ...worst, until: null })) };
}

function helpTexts(): readonly string[] {
  return FLEET_KEYS.map(({ keys, help }) => `${keys.map(keyLabel).join(' or ')}: ${help}.`);
}
