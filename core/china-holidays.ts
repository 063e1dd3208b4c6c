// Days off and make-up workdays in China, as the State Council's general office announces them for each
// year, typically in November of the year before. Compared day by day with the npm package chinese-days
// 1.5.7 for 2025 and 2026. For 2027 only the statutory days themselves stand here (Regulation on Public
// Holidays of 2024, art. 2), because bridging and make-up days were not announced when this was written;
// a pack fills them in under `calendar`.

import type { CalendarDay } from './calendar.ts';

/** `date` or `from..until`, then `off` or `work`, then the name of the holiday. */
const LINES = `
2025-01-01 off 元旦
2025-01-28..2025-02-04 off 春节
2025-01-26 work 春节
2025-02-08 work 春节
2025-04-04..2025-04-06 off 清明节
2025-05-01..2025-05-05 off 劳动节
2025-04-27 work 劳动节
2025-05-31..2025-06-02 off 端午节
2025-10-01..2025-10-08 off 国庆节、中秋节
2025-09-28 work 国庆节、中秋节
2025-10-11 work 国庆节、中秋节
2026-01-01..2026-01-03 off 元旦
2026-01-04 work 元旦
2026-02-15..2026-02-23 off 春节
2026-02-14 work 春节
2026-02-28 work 春节
2026-04-04..2026-04-06 off 清明节
2026-05-01..2026-05-05 off 劳动节
2026-05-09 work 劳动节
2026-06-19..2026-06-21 off 端午节
2026-09-25..2026-09-27 off 中秋节
2026-10-01..2026-10-07 off 国庆节
2026-09-20 work 国庆节
2026-10-10 work 国庆节
2027-01-01 off 元旦
2027-02-05..2027-02-08 off 春节
2027-04-05 off 清明节
2027-05-01..2027-05-02 off 劳动节
2027-06-09 off 端午节
2027-09-15 off 中秋节
2027-10-01..2027-10-03 off 国庆节
`;

/** The last year whose bridging and make-up days are in the table. */
export const HOLIDAYS_COMPLETE_UNTIL = 2026;

export const CHINA_HOLIDAYS: readonly CalendarDay[] = LINES.trim()
  .split('\n')
  .flatMap((line) => {
    const [dates = '', what = '', name = ''] = line.split(' ');
    const [from = '', until = from] = dates.split('..');
    return datesBetween(from, until).map((date) => ({ date, works: what === 'work', name }));
  });

function datesBetween(from: string, until: string): string[] {
  const days = (Date.parse(until) - Date.parse(from)) / 86_400_000;
  return Array.from({ length: days + 1 }, (_, day) =>
    new Date(Date.parse(from) + day * 86_400_000).toISOString().slice(0, 10),
  );
}
