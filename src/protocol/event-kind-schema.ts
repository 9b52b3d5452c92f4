import * as z from 'zod';
import { EVENT_KINDS, type EventKind } from './engine-event.ts';

/** The name of a kind of event. Beside the kinds and not among them, since clients read those and load no zod. */
export const eventKindSchema = z.enum(Object.keys(EVENT_KINDS) as EventKind[]);
