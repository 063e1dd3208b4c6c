// The part of the configuration about what follows the answer. Every default is a proposal, none is from the law.

import { z } from 'zod';
import { ANSWER_DEFAULTS, REOPENERS, type AnswerOptions } from '../alerts/tasks/task-options.ts';
import { durationSchema } from '../core/duration.ts';

const MEGABYTE = 1024 * 1024;

const positive = durationSchema.refine((ms) => ms > 0, 'it must be longer than nothing');

export const answersConfigSchema = z
  .strictObject({
    /** A task is to be done within this time of the acknowledgement, by level. */
    due: z
      .strictObject({
        level1: positive.prefault('2h'),
        level2: positive.prefault('24h'),
        level3: positive.prefault('72h'),
      })
      .prefault({}),
    /** So long after the officer was reminded, the leaders are told. */
    leaderAfter: positive.prefault('4h'),
    /** Within this time of its closing an alert may be opened again … */
    reopenWithin: positive.prefault('30d'),
    /** … by these: who closed it, a leader, an officer of the city. */
    reopenBy: z
      .array(z.enum(REOPENERS))
      .min(1)
      .default([...REOPENERS]),
    /** So long before the end of a shift the console lists what is to be handed over. */
    shiftEnd: durationSchema.prefault('1h'),
    /** An objection is decided within so many workdays. */
    objectionWorkdays: z.number().int().min(1).max(250).default(ANSWER_DEFAULTS.objectionWorkdays),
    photos: z
      .strictObject({
        megabytesMax: z.number().min(0.1).max(20).default(5),
        /** Of one alert. */
        countMax: z.number().int().min(1).max(50).default(ANSWER_DEFAULTS.photosMax),
      })
      .prefault({}),
  })
  .prefault({});

export const answerOptionsOf = ({
  due,
  leaderAfter,
  reopenWithin,
  reopenBy,
  shiftEnd,
  objectionWorkdays,
  photos,
}: z.infer<typeof answersConfigSchema>): AnswerOptions => ({
  dueMs: { 1: due.level1, 2: due.level2, 3: due.level3 },
  leaderAfterMs: leaderAfter,
  reopenWithinMs: reopenWithin,
  reopenBy,
  shiftEndMs: shiftEnd,
  objectionWorkdays,
  photoBytesMax: Math.round(photos.megabytesMax * MEGABYTE),
  photosMax: photos.countMax,
});
