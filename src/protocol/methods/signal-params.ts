import * as z from 'zod';
import { signalName } from '../spec/spec-values.ts';

/** Linux assigns no pid above 2^22. */
export const pid = z.number().int().min(1).max(4_194_304);

/** A signal, and the process of a program that receives it. */
export const signalParams = {
  signal: signalName,
  pid: pid.optional().describe('A process of the program; its main process by default'),
  startTicks: z.number().int().min(0).optional().describe('Its start time, as `describe` returns it'),
};
