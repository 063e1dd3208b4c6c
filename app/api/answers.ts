// What follows the answer: tasks, feedback with evidence and photos, objections, and the supervisor's view.

import { z } from 'zod';
import { AGE_BANDS } from '../../core/age-bands.ts';
import { FEEDBACK_RESULTS } from '../../core/alert-event.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';

/** Acts the officer had before them; when others came since, the answer is 409 and nothing is changed. */
export const actsSchema = z.int().min(0).optional();

const NOTE_CHARS_MAX = 500;
const FINDING_CHARS_MAX = 2_000;

const note = z.string().max(NOTE_CHARS_MAX).default('');
const neededNote = z.string().trim().min(1, 'say why').max(NOTE_CHARS_MAX);

export const namedSchema = z.strictObject({ id: z.string(), name: textSchema });

export const TASK_CAME_BY = ['acknowledged', 'assigned', 'handed-over', 'reopened'] as const;

export const taskSchema = z.strictObject({
  bureau: regionCodeSchema,
  /** Null while nobody of the bureau has it. */
  officer: namedSchema.nullable(),
  sinceMs: z.number(),
  cameBy: z.enum(TASK_CAME_BY),
  startedAtMs: z.number(),
  dueAtMs: z.number(),
  remindedAtMs: z.number().nullable(),
  leaderToldAtMs: z.number().nullable(),
  /** A hand-over that is not accepted yet. */
  offer: z
    .strictObject({
      bureau: regionCodeSchema,
      officer: namedSchema.nullable(),
      by: namedSchema,
      atMs: z.number(),
      note: z.string(),
    })
    .nullable(),
});

export const PHOTO_MEDIA_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;

export const photoSchema = z.strictObject({
  id: z.string(),
  /** SHA-256 of what is served. */
  contentHash: z.string(),
  mediaType: z.enum(PHOTO_MEDIA_TYPES),
  byteCount: z.number(),
  width: z.number(),
  height: z.number(),
  uploadedBy: namedSchema,
  uploadedAtMs: z.number(),
  /** The feedback it came with; until there is one, who uploaded it may delete it. */
  feedbackId: z.string().nullable(),
});

/** What an upload gives: the photo, with the id of who uploaded it. */
export const uploadedPhotoSchema = photoSchema.extend({ uploadedBy: z.string() });

export const RECEIVED_HOW = ['in-person', 'phone', 'written', 'online', 'other'] as const;

export const objectionSchema = z.strictObject({
  id: z.string(),
  what: z.string(),
  receivedHow: z.enum(RECEIVED_HOW),
  raisedAtMs: z.number(),
  recordedBy: textSchema,
  recordedAtMs: z.number(),
  /** The period it was given, in workdays. */
  workdays: z.number(),
  dueAtMs: z.number(),
  state: z.enum(['open', 'upheld', 'rejected']),
  decidedBy: textSchema.nullable(),
  decidedAtMs: z.number().nullable(),
  reason: z.string().nullable(),
  /** When leaders were told that it is overdue. */
  alarmedAtMs: z.number().nullable(),
});

/** What GET /api/alerts/:id has of it. */
export const afterDetailShape = {
  acts: z.number(),
  task: taskSchema.nullable(),
  /** All that was found, the oldest first. */
  feedbacks: z.array(
    z.strictObject({
      id: z.string(),
      result: z.enum(FEEDBACK_RESULTS),
      note: z.string(),
      measures: z.string(),
      /** Ids of observations. */
      evidence: z.array(z.string()),
      /** Ids of photos. */
      photos: z.array(z.string()),
      atMs: z.number(),
      by: textSchema,
    }),
  ),
  photos: z.array(photoSchema),
  objections: z.array(objectionSchema),
  /** Accounts and officers who handled the alert, once there is an objection: they do not decide it. */
  handlers: z.array(z.string()),
  reopenUntilMs: z.number().nullable(),
};

/** POST /api/alerts/:id/feedback */
export const feedbackSchema = z.strictObject({
  result: z.enum(FEEDBACK_RESULTS),
  /** What was found; needed with the result `other`. */
  note: z.string().max(FINDING_CHARS_MAX).default(''),
  /** What was done about it. */
  measures: z.string().max(FINDING_CHARS_MAX).default(''),
  evidence: z.array(z.string().max(80)).max(100).default([]),
  photos: z.array(z.string().max(80)).max(50).default([]),
  acts: actsSchema,
});

/** POST /api/alerts/:id/assign */
export const assignSchema = z.strictObject({
  officer: z.string().min(1).max(80),
  note,
  acts: actsSchema,
});

/** POST /api/alerts/:id/hand-over */
export const handOverSchema = z.strictObject({
  bureau: regionCodeSchema,
  /** Null: whoever of the bureau accepts. */
  officer: z.string().min(1).max(80).nullable().default(null),
  note: neededNote,
  acts: actsSchema,
});

/** More tasks than one officer has in hand. */
const TASKS_AT_ONCE_MAX = 200;

/** POST /api/tasks/hand-over: several tasks to one receiver, all or none. */
export const handOverManySchema = z.strictObject({
  tasks: z
    .array(z.strictObject({ id: z.string().min(1).max(80), acts: actsSchema }))
    .min(1)
    .max(TASKS_AT_ONCE_MAX)
    .refine((tasks) => new Set(tasks.map(({ id }) => id)).size === tasks.length, 'a task twice'),
  bureau: regionCodeSchema,
  /** Null: whoever of the bureau accepts. */
  officer: z.string().min(1).max(80).nullable().default(null),
  note: neededNote,
});

export const handedOverSchema = z.strictObject({ handedOver: z.number() });

/** GET /api/tasks/officers: whom tasks of alerts of all these regions can go to, `511722,511724`. */
export const regionsQuerySchema = z.strictObject({
  regions: z
    .string()
    .max(400)
    .transform((given) => given.split(','))
    .pipe(z.tuple([regionCodeSchema], regionCodeSchema)),
});

/** POST /api/alerts/:id/accept and /take-back */
export const answerOfferSchema = z.strictObject({ note, acts: actsSchema });

/** POST /api/alerts/:id/decline and /reopen */
export const reasonSchema = z.strictObject({ note: neededNote, acts: actsSchema });

/** POST /api/alerts/:id/objections */
export const newObjectionSchema = z.strictObject({
  what: z.string().trim().min(1, 'say what the person objects to').max(FINDING_CHARS_MAX),
  receivedHow: z.enum(RECEIVED_HOW),
  raisedAtMs: z.int().min(0),
  acts: actsSchema,
});

/** POST /api/alerts/:id/objections/:objectionId/decide */
export const decideObjectionSchema = z.strictObject({
  decision: z.enum(['upheld', 'rejected']),
  reason: z.string().trim().min(1, 'say why').max(FINDING_CHARS_MAX),
  acts: actsSchema,
});

/** GET /api/alerts/:id/officers and /api/tasks/officers: whom a task can go to. */
export const candidatesSchema = z.strictObject({
  officers: z.array(namedSchema.extend({ bureau: regionCodeSchema, leads: z.boolean() })),
  /** Which of them is asking; null for an account that is no officer. */
  me: z.string().nullable(),
});

/** GET /api/open */
export const openQuerySchema = z.strictObject({
  region: regionCodeSchema.optional(),
  level: z.coerce.number().int().min(1).max(3).optional(),
  band: z.coerce
    .number()
    .int()
    .min(0)
    .max(AGE_BANDS - 1)
    .optional(),
  overdue: z.stringbool().optional(),
  withdrawn: z.stringbool().optional(),
  /** Cursor given with the page before. */
  before: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

export type Task = z.infer<typeof taskSchema>;
export type Photo = z.infer<typeof photoSchema>;
export type UploadedPhoto = z.infer<typeof uploadedPhotoSchema>;
export type Objection = z.infer<typeof objectionSchema>;
export type ReceivedHow = (typeof RECEIVED_HOW)[number];
export type Candidates = z.infer<typeof candidatesSchema>;
export type OpenQuery = z.infer<typeof openQuerySchema>;
