// Booleans in a column: 0 or 1 on both engines.

/** A boolean in a column: 0 or 1 on both engines. */
export type Flag = 0 | 1;

export const flag = (value: boolean): Flag => (value ? 1 : 0);
