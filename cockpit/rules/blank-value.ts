// What a field holds when something is newly added, and which of several forms a value has.

import type { FormField } from '../../app/api/rules.ts';
import { isPlainObject } from './yaml-text.ts';

export function blankOf(field: FormField): unknown {
  switch (field.type) {
    case 'group':
      return Object.fromEntries(
        field.fields
          .filter(({ isRequired }) => isRequired)
          .map(({ name, field: one }) => [name, blankOf(one)]),
      );
    case 'list':
      return Array.from({ length: field.itemsMin }, () => blankOf(field.of));
    case 'by-name':
      return {};
    case 'forms':
      return blankOf(field.forms[0] as FormField);
    case 'choice':
      return field.options[0];
    case 'flag':
      return true;
    case 'number':
      return field.min ?? 0;
    case 'duration':
      return '10m';
    default:
      return '';
  }
}

/** The place of the first form the value can have; 0 when it has none. */
export function formAt(forms: readonly FormField[], value: unknown): number {
  return Math.max(
    0,
    forms.findIndex((form) => {
      if (form.type === 'choice') return form.options.includes(value as string);
      if (form.type === 'list') return Array.isArray(value);
      if (form.type !== 'group') return false;
      const names = isPlainObject(value) ? Object.keys(value) : undefined;
      return names?.every((name) => form.fields.some((field) => field.name === name)) ?? false;
    }),
  );
}
