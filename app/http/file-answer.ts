// How the API description says that a route answers with a file, or with a text that is no JSON of ours.

import { z } from 'zod';

const bytes = z.string();

/** For `response: { 200: … }`: one of these media types. */
export const fileAnswer = (...types: readonly [string, ...string[]]) => ({
  description: 'A file',
  content: Object.fromEntries(types.map((type) => [type, { schema: bytes }])),
});
