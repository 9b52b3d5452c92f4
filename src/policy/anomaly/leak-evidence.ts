import type { Evidence } from './detector.ts';
import type { FastRise } from './fast-rise.ts';
import type { LadderRise } from './floor-ladder.ts';

/** What the values of a series are. */
export type LeakMeasure = 'anonymous' | 'resident';

const MEASURES: Readonly<Record<LeakMeasure, string>> = {
  anonymous: 'anonymous memory and swap',
  resident: 'resident memory',
};

const SECONDS_A_MINUTE = 60;
const SECONDS_AN_HOUR = 3600;
/** Longer predictions of a fast rise are not reported. */
const FORESIGHT_S = 900;
/** Longer predictions of a trend are not reported, in hours. */
const FORESIGHT_H = 24 * 14;

/** The memory that is left. */
interface Room {
  readonly mb: number;
  /** Whether the memory of the host will be used up before the limit is reached. */
  readonly isHostFirst: boolean;
}

/** A rise with what the evidence says about it. */
export interface TrendStory {
  readonly rise: LadderRise;
  readonly seconds: number;
  readonly isSlow: boolean;
  /** Whether it was found because the program leaked at this rate before. */
  readonly isKnown: boolean;
  readonly measure: LeakMeasure | undefined;
  readonly room: Room;
  readonly limitMb: number;
}

/** Returns the evidence of a trend, with a forecast. */
export function trendEvidence(story: TrendStory): Evidence {
  const { rise, seconds, isSlow, isKnown, measure } = story;
  const { slope, z, floors, from, to } = rise;
  const perSecond = (slope * floors) / seconds;
  const mbPerMinute = perSecond * SECONDS_A_MINUTE;
  const mbPerHour = perSecond * SECONDS_AN_HOUR;
  const minutes = Math.round(seconds / SECONDS_A_MINUTE);
  const rate = isSlow ? `${mbPerHour.toFixed(mbPerHour < 10 ? 1 : 0)} MB/h` : `${mbPerMinute.toFixed(1)} MB/min`;
  const span = minutes >= 120 ? `${Math.round(minutes / 60)} h` : `${minutes} min`;
  const values = measure === undefined ? 'lowest values' : `lowest values of ${MEASURES[measure]}`;
  const before = isKnown ? ', at the rate of an earlier leak' : '';
  const hoursLeft = story.room.mb / Math.max(mbPerHour, 1e-9);
  const hasForecast = hoursLeft <= FORESIGHT_H;
  return {
    sentence: `memory rose ${rate} for ${span}, from ${from.toFixed(0)} to ${to.toFixed(0)} MB${before} (${values}; Mann-Kendall z ${z.toFixed(1)})${hasForecast ? forecast(story, hoursLeft) : ''}`,
    figures: {
      mbPerMinute: isSlow ? Math.round(mbPerMinute * 1000) / 1000 : round(mbPerMinute),
      ...(isSlow ? { mbPerHour: round(mbPerHour) } : {}),
      minutes,
      fromMb: round(from),
      toMb: round(to),
      z: round(z),
      ...(hasForecast ? { hoursLeft: round(hoursLeft) } : {}),
    },
  };
}

function forecast({ room, limitMb }: TrendStory, hoursLeft: number): string {
  const end = room.isHostFirst
    ? 'the memory of the host will be used up'
    : `the limit of ${limitMb.toFixed(0)} MB will be reached`;
  const time = hoursLeft >= 2 ? `${Math.round(hoursLeft)} h` : `${Math.round(hoursLeft * 60)} min`;
  return `; at that rate ${end} in ${time}`;
}

/** Returns the evidence of a rise that cannot wait for a trend. @param limitMb Infinity without one */
export function fastEvidence(
  { rate, seconds, from, to, secondsLeft, isHostFirst }: FastRise,
  limitMb: number,
  measure?: LeakMeasure,
): Evidence {
  const figures = { mbPerSecond: round(rate), seconds: Math.round(seconds), fromMb: round(from), toMb: round(to) };
  const story = `memory rose steadily by ${rate.toFixed(1)} MB/s for ${figures.seconds} s, from ${from.toFixed(0)} to ${to.toFixed(0)} MB${measure === undefined ? '' : ` (${MEASURES[measure]})`}`;
  if (secondsLeft > FORESIGHT_S) return { sentence: story, figures };
  if (secondsLeft === 0 && !isHostFirst) return { sentence: `${story}; the limit is already exceeded`, figures };
  const endMb = isHostFirst ? to + secondsLeft * rate : limitMb;
  const end = isHostFirst
    ? 'the memory of the host will be used up'
    : `the limit of ${endMb.toFixed(0)} MB will be reached`;
  return {
    sentence: `${story}; at that rate ${end} in ${Math.round(secondsLeft)} s`,
    figures: { ...figures, endMb: round(endMb), secondsLeft: Math.round(secondsLeft) },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
