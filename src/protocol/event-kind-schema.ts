import * as z from 'zod';
import { ALL_EVENT_KINDS } from './event-kinds.ts';

/** The name of a kind of event. Beside the kinds and not among them, since clients read those and load no zod. */
export const eventKindSchema = z.enum(ALL_EVENT_KINDS);
