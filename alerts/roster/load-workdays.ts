// The local override table of workdays (本地工作日历): days on which the bureaus of a place work or are off
// otherwise than the national calendar says. It moves duty turns and routing by the kind of day, and nothing
// else: statutory periods are counted by the national calendar alone.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import {
  calendarDaySchema,
  dayOfDate,
  withChanges,
  type Calendar,
  type CalendarDay,
} from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { parseYaml } from '../../core/yaml-file.ts';
import { sayMistake } from './file-mistakes.ts';

const workdaysSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, '编号写作 dazhou-local the id reads dazhou-local'),
  days: z
    .array(calendarDaySchema)
    .max(1_000)
    .superRefine((days, context) => {
      const seen = new Set<string>();
      for (const [index, { date }] of days.entries()) {
        if (seen.has(date)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'date'],
            message: `${date} 出现两次，请删去一行 ${date} stands there twice; remove one line`,
          });
        }
        seen.add(date);
      }
    }),
});

export type LocalWorkdays = z.infer<typeof workdaysSchema>;

/** Throws UserError `bad-configuration` with every mistake in its place. */
export function loadWorkdays(file: string): LocalWorkdays {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new UserError(
      'bad-configuration',
      text('读不到本地工作日历文件', 'the file of local workdays cannot be read'),
      {
        detail: file,
        hint: text(
          '请核对配置中的 alerts.workdays。',
          'Check alerts.workdays in the configuration.',
        ),
      },
    );
  }
  return parseWorkdays(basename(file), content);
}

/** The same from a text; `file` is the name used in messages. */
export function parseWorkdays(file: string, content: string): LocalWorkdays {
  const mistakes: string[] = [];
  const say = sayMistake(workdaysSchema);
  const parsed = parseYaml(file, content, workdaysSchema, mistakes, say);
  if (parsed) return parsed.value;
  throw new UserError(
    'bad-configuration',
    text('本地工作日历有误', 'the table of local workdays is not valid'),
    { detail: `\n${mistakes.join('\n')}` },
  );
}

/** The calendar duty goes by. */
export const withLocalDays = (national: Calendar, { id, days }: LocalWorkdays): Calendar => ({
  ...withChanges(national, days),
  version: `${national.version} + ${id}`,
});

/** Lines that say what the national calendar says anyway. */
export const idleDays = (national: Calendar, { days }: LocalWorkdays): CalendarDay[] =>
  days.filter(({ date, works }) => national.isWorkday(dayOfDate(date)) === works);
