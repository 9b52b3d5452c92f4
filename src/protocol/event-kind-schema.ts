import * as z from 'zod';
import { ALL_EVENT_KINDS } from './event-kinds.ts';

/** The name of a kind of event. Separate from the kinds, which clients load without zod. */
export const eventKindSchema = z.enum(ALL_EVENT_KINDS);
