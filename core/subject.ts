// Whom an observation is about: a pseudonymous key. Names and numbers live apart from it.

import { z } from 'zod';

export type SubjectKey = string & z.$brand<'SubjectKey'>;

/** Names a text as a subject key. Guarantee: it passed `subjectKeySchema` or was read from our log. */
export const subjectKey = (key: string): SubjectKey => key as SubjectKey;

const SUBJECT_KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** True for a well-formed key that is not itself an identity. */
export const isSubjectKey = (key: string): boolean => SUBJECT_KEY.test(key) && !isIdentity(key);

/** A resident identity number (GB 11643) or a mainland mobile number, which no stream may carry. */
export const isIdentity = (key: string): boolean =>
  /^\d{17}[\dXx]$/.test(key) || /^1[3-9]\d{9}$/.test(key);

export const subjectKeySchema = z
  .string()
  .regex(SUBJECT_KEY, 'a subject key is 1 to 64 letters, digits, dots, dashes or underscores')
  .refine((key) => !isIdentity(key), 'a subject key must not be an identity or phone number')
  .brand<'SubjectKey'>();

/** `terminal:013800000001`: a subject named by something it carries, resolved when it is identified. */
export const aliasSchema = z
  .string()
  .max(128)
  .regex(/^[a-z][a-z-]*:[^\s]+$/, 'an alias reads namespace:value, for example terminal:0138');

/** What a connector may put into `subject`: a key or an alias. */
export const subjectRefSchema = z.string().superRefine((reference, context) => {
  // Nearly all of them; asking the schemas for their words costs ten times as much.
  if (isSubjectKey(reference)) return;
  const form = reference.includes(':') ? aliasSchema : subjectKeySchema;
  for (const { message } of form.safeParse(reference).error?.issues ?? []) {
    context.addIssue({ code: 'custom', message });
  }
});
