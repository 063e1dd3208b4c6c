// Numbers, spans and instants as officers read them, in both languages. What is not known is a dash,
// never a zero.

import { localClock, localDate, localDateTime } from '../../core/local-time.ts';
import { text, type Text } from '../../core/text.ts';

/** What stands where nothing is known. */
export const UNKNOWN = '—';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `12,480`; a dash for null, undefined and anything that is not a number. */
export function countText(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return UNKNOWN;
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** How long ago, in whole minutes, so that it changes once a minute. Milliseconds in. */
export function ageText(ms: number): Text {
  const minutes = Math.max(0, Math.floor(ms / MINUTE_MS));
  if (minutes < 1) return text('刚刚', 'now');
  if (minutes < 60) return text(`${minutes} 分`, `${minutes} min`);
  const hours = Math.floor(minutes / 60);
  if (hours < 24)
    return text(`${hours} 时 ${pad(minutes % 60)} 分`, `${hours} h ${pad(minutes % 60)}`);
  const [days, rest] = [Math.floor(hours / 24), hours % 24];
  return rest === 0
    ? text(`${days} 天`, `${days} d`)
    : text(`${days} 天 ${rest} 时`, `${days} d ${rest} h`);
}

/** A length of time to two units: `2 小时 5 分`, `45 秒`. Milliseconds in; a dash for what is not known. */
export function spanText(ms: number | null | undefined): Text {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return text(UNKNOWN, UNKNOWN);
  const whole = Math.max(0, Math.round(ms / 1_000)) * 1_000;
  const units = [
    [DAY_MS, ' 天', ' d'],
    [HOUR_MS, ' 小时', ' h'],
    [MINUTE_MS, ' 分', ' min'],
    [1_000, ' 秒', ' s'],
  ] as const;
  const from = units.findIndex(([unitMs]) => whole >= unitMs);
  if (from < 0) return text('0 秒', '0 s');
  const parts = units.slice(from, from + 2).map(([unitMs, zh, en], index) => {
    const within = index === 0 ? whole : whole % (units[from] as (typeof units)[number])[0];
    return { count: Math.floor(within / unitMs), zh, en };
  });
  const told = parts.filter(({ count }, index) => index === 0 || count > 0);
  return text(
    told.map(({ count, zh }) => `${count}${zh}`).join(' '),
    told.map(({ count, en }) => `${count}${en}`).join(' '),
  );
}

/** The same in the least room: `1分36秒`, `1m 36s`. */
export function shortSpanText(ms: number | null | undefined): Text {
  const { zh, en } = spanText(ms);
  return text(
    zh.replaceAll(' ', ''),
    en.replace(/ (d|h|min|s)/g, (_, unit: string) => unit[0]!),
  );
}

/** Milliseconds of machine work: `84 毫秒`, `1.2 秒`. */
export function latencyText(ms: number | null | undefined): Text {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return text(UNKNOWN, UNKNOWN);
  if (ms < 1_000) return text(`${Math.round(ms)} 毫秒`, `${Math.round(ms)} ms`);
  if (ms < 59_500) {
    const seconds = ms < 9_950 ? (ms / 1_000).toFixed(1) : String(Math.round(ms / 1_000));
    return text(`${seconds} 秒`, `${seconds} s`);
  }
  return spanText(ms);
}

/** Metres as people say them: `340 米`, `2.4 公里`, `18 公里`. */
export function distanceText(m: number): Text {
  if (m < 1_000) return text(`${Math.round(m)} 米`, `${Math.round(m)} m`);
  const km = m < 9_950 ? String(Math.round(m / 100) / 10) : String(Math.round(m / 1_000));
  return text(`${km} 公里`, `${km} km`);
}

/** `96%`; a dash when nothing can be divided. Rounds down, so that 100% means all. */
export function shareText(part: number, whole: number): string {
  if (!Number.isFinite(part) || !Number.isFinite(whole) || whole <= 0) return UNKNOWN;
  return `${Math.floor((part / whole) * 100)}%`;
}

/** `20:47` for the same China day as `nowMs`, else `11-22 20:47`. */
export const momentText = (atMs: number, nowMs: number): string =>
  localDate(atMs) === localDate(nowMs)
    ? localClock(atMs)
    : `${localDate(atMs).slice(5)} ${localClock(atMs)}`;

/** `20:47:36` in China. */
export const secondText = (atMs: number): string => localDateTime(atMs).slice(11);

const WEEKDAYS = [
  text('星期日', 'Sunday'),
  text('星期一', 'Monday'),
  text('星期二', 'Tuesday'),
  text('星期三', 'Wednesday'),
  text('星期四', 'Thursday'),
  text('星期五', 'Friday'),
  text('星期六', 'Saturday'),
] as const;

/** `2026年11月22日 星期日` / `Sunday, 22 Nov 2026`. */
export function dayText(atMs: number): Text {
  const [year, month, day] = localDate(atMs).split('-').map(Number) as [number, number, number];
  // 1 January 1970 in UTC was a Thursday.
  const dayNumber = Math.floor(Date.parse(`${localDate(atMs)}T00:00:00Z`) / DAY_MS);
  const weekday = WEEKDAYS[(((dayNumber + 4) % 7) + 7) % 7] as Text;
  return text(
    `${year}年${month}月${day}日 ${weekday.zh}`,
    `${weekday.en}, ${day} ${MONTHS[month - 1]} ${year}`,
  );
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2027年8月18日` / `18 Aug 2027`. */
export function dateText(atMs: number): Text {
  const [year, month, day] = localDate(atMs).split('-').map(Number) as [number, number, number];
  return text(`${year}年${month}月${day}日`, `${day} ${MONTHS[month - 1]} ${year}`);
}

/** `11月22日 20:41` / `22 Nov 20:41`. */
export function dayClockText(atMs: number): Text {
  const [, month, day] = localDate(atMs).split('-').map(Number) as [number, number, number];
  const clock = localClock(atMs);
  return text(`${month}月${day}日 ${clock}`, `${day} ${MONTHS[month - 1]} ${clock}`);
}

const pad = (value: number): string => String(value).padStart(2, '0');
