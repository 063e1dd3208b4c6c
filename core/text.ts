// What an officer reads: Chinese first, English by switch.

import { z } from 'zod';

export const textSchema = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });

export type Text = z.infer<typeof textSchema>;
export type Language = keyof Text;

export const text = (zh: string, en: string): Text => ({ zh, en });
