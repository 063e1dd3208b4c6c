// Parameters that have one of several forms: the form meant shows by what is written, and mistakes are told
// in terms of that form, each at its place.

import { z } from 'zod';

/** Parameters read by the schema that `formOf` names for them. */
export const twoForms = <One extends z.ZodType, Other extends z.ZodType>(
  formOf: (params: Record<string, unknown>) => One | Other,
) =>
  z.looseObject({}).transform((params, context): z.infer<One> | z.infer<Other> => {
    const result = formOf(params).safeParse(params);
    if (result.success) return result.data as z.infer<One> | z.infer<Other>;
    for (const { path, message, ...issue } of result.error.issues) {
      if (issue.code === 'unrecognized_keys') {
        const { code, keys } = issue;
        context.addIssue({ code, keys, path, message, input: params });
      } else context.addIssue({ code: 'custom', path, message });
    }
    return z.NEVER;
  });
