// How much one person is sent. What goes beyond it waits, or is told in sum by one notice; it is never dropped,
// and level 1 has no limit. Counted in the records, so that it holds after a restart and for several senders.

import type { Level } from '../../core/finding.ts';
import { text, type Text } from '../../core/text.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { NoticeChannel, OutboxTable } from '../../warehouse/records-schema.ts';
import { LEVEL_TABLE } from '../level-table.ts';
import { referenceOf, SMS_CHARS_MAX } from '../texts.ts';
import { attemptOf, writeAttempts } from './attempt-store.ts';
import { levelOf } from './provider-list.ts';

export type PersonLimit = {
  /** Notices of that level to one person by that channel … */
  readonly max: number;
  /** … within so long. */
  readonly withinMs: number;
  /** What goes beyond is sent one by one when there is room again, or in sum by one notice. */
  readonly beyond: 'later' | 'digest';
};

/** Each level counts by itself: what is less grave takes nothing from what is graver. */
export type PersonLimits = Readonly<
  Partial<Record<NoticeChannel, Readonly<Partial<Record<Exclude<Level, 1>, PersonLimit>>>>>
>;

export type Limited<Row> = {
  readonly send: readonly Row[];
  readonly hold: readonly { readonly row: Row; readonly untilMs: EpochMs }[];
  /** Of those to be sent, the ones that speak for all that were held back of their person and level. */
  readonly sums: readonly Row[];
  /** Those another of them speaks for. */
  readonly covered: readonly Row[];
  /** As it is after these. */
  readonly usages: ReadonlyMap<string, Usage>;
};

type LimitedRow = Pick<
  OutboxTable,
  'id' | 'recipient' | 'level' | 'handOvers' | 'heldUntilMs' | 'nextAttemptAtMs'
>;

/** What a person was sent within the window of a limit, and what waits for room in it. */
export type Usage = { readonly used: number; readonly oldestAtMs: number; readonly held: number };

/** Divides due notices, the first come first. Pure. */
export function limit<Row extends LimitedRow>(
  due: readonly Row[],
  limits: PersonLimits[NoticeChannel],
  given: ReadonlyMap<string, Usage>,
  nowAtMs: EpochMs,
): Limited<Row> {
  const usages = new Map(given);
  const send: Row[] = [];
  const hold: { row: Row; untilMs: EpochMs }[] = [];
  const sums: Row[] = [];
  const covered: Row[] = [];
  for (const row of due) {
    const level = levelOf(row);
    const rule = level === 1 ? undefined : limits?.[level];
    // What went out once is counted already, and is carried to its end.
    if (!rule || (row.handOvers ?? 0) > 0) {
      send.push(row);
      continue;
    }
    const key = usageKey(row);
    const wasHeld = row.heldUntilMs !== null && rule.beyond === 'digest';
    if (wasHeld && sums.some((sum) => usageKey(sum) === key)) {
      covered.push(row);
      continue;
    }
    const { used, oldestAtMs, held } = usages.get(key) ?? { used: 0, oldestAtMs: nowAtMs, held: 0 };
    if (used < rule.max) {
      send.push(row);
      if (wasHeld) sums.push(row);
      usages.set(key, { used: used + 1, oldestAtMs, held });
      continue;
    }
    const freeAtMs = Math.max(oldestAtMs + rule.withinMs, nowAtMs + 1);
    const rounds = rule.beyond === 'later' ? Math.floor(held / rule.max) : 0;
    hold.push({ row, untilMs: epochMs(freeAtMs + rounds * rule.withinMs) });
    usages.set(key, { used, oldestAtMs, held: held + 1 });
  }
  return { send, hold, sums, covered, usages };
}

export const usageKey = (row: Pick<OutboxTable, 'recipient' | 'level'>): string =>
  `${row.recipient} ${levelOf(row)}`;

/** What the persons of these notices were sent lately, by `usageKey`. */
export async function loadUsage(
  trx: RecordsTransaction,
  channel: NoticeChannel,
  due: readonly LimitedRow[],
  { limits, nowAtMs }: { limits: PersonLimits[NoticeChannel]; nowAtMs: EpochMs },
): Promise<ReadonlyMap<string, Usage>> {
  const usages = new Map<string, Usage>();
  for (const level of [2, 3] as const) {
    const rule = limits?.[level];
    const recipients = [
      ...new Set(due.filter((row) => levelOf(row) === level).map(({ recipient }) => recipient)),
    ];
    if (!rule || recipients.length === 0) continue;
    const ofLevel = trx
      .selectFrom('outbox')
      .select(({ fn }) => ['recipient', fn.countAll<number>().as('notices')])
      .where('channel', '=', channel)
      .where('level', '=', level)
      .where('recipient', 'in', recipients)
      .groupBy('recipient');
    const sent = await ofLevel
      .select(({ fn }) => fn.min<number>('handedOverAtMs').as('oldestAtMs'))
      .where('handedOverAtMs', '>', epochMs(nowAtMs - rule.withinMs))
      .execute();
    const held =
      rule.beyond === 'digest'
        ? []
        : await ofLevel.where('state', '=', 'waiting').where('heldUntilMs', '>', nowAtMs).execute();
    for (const recipient of recipients) {
      const used = sent.find((row) => row.recipient === recipient);
      usages.set(usageKey({ recipient, level }), {
        used: Number(used?.notices ?? 0),
        oldestAtMs: Number(used?.oldestAtMs ?? nowAtMs),
        held: Number(held.find((row) => row.recipient === recipient)?.notices ?? 0),
      });
    }
  }
  return usages;
}

/** Rows of one statement. */
const ROWS_MAX = 500;

type HeldRow = LimitedRow & Pick<OutboxTable, 'alertId'>;

/** In a storm so many more of a person are held back at a time, so that it is soon over. */
const HELD_MAX = 2_000;

/** What else is due for the persons whose limit is reached: it would only be held back next time. */
export async function loadBeyond(
  trx: RecordsTransaction,
  channel: NoticeChannel,
  hold: Limited<HeldRow>['hold'],
  { due, nowAtMs }: { due: readonly HeldRow[]; nowAtMs: EpochMs },
): Promise<readonly HeldRow[]> {
  const known = new Set(due.map(({ id }) => id));
  const rows: HeldRow[] = [];
  for (const [first] of Map.groupBy(hold, ({ row }) => usageKey(row)).values()) {
    if (!first) continue;
    const more = await trx
      .selectFrom('outbox')
      .select([
        'id',
        'alertId',
        'recipient',
        'level',
        'handOvers',
        'heldUntilMs',
        'nextAttemptAtMs',
      ])
      .where('channel', '=', channel)
      .where('recipient', '=', first.row.recipient)
      .where('level', '=', levelOf(first.row))
      .where('state', '=', 'waiting')
      .where('attempts', '=', 0)
      .where('heldUntilMs', 'is', null)
      .where('carriedBy', 'is', null)
      .where('nextAttemptAtMs', '<=', nowAtMs)
      .orderBy('nextAttemptAtMs')
      .orderBy('id')
      .limit(HELD_MAX)
      .execute();
    rows.push(...more.filter(({ id }) => !known.has(id)));
  }
  return rows;
}

/** Writes down that notices wait, and until when. */
export async function holdBack(
  trx: RecordsTransaction,
  hold: Limited<HeldRow>['hold'],
  nowAtMs: EpochMs,
): Promise<void> {
  for (const [untilMs, held] of Map.groupBy(hold, (one) => one.untilMs)) {
    for (let at = 0; at < held.length; at += ROWS_MAX) {
      await trx
        .updateTable('outbox')
        .set({ nextAttemptAtMs: untilMs, heldUntilMs: untilMs })
        .where(
          'id',
          'in',
          held.slice(at, at + ROWS_MAX).map(({ row }) => row.id),
        )
        .execute();
    }
  }
  await writeAttempts(
    trx,
    hold.map(({ row, untilMs }) =>
      attemptOf(row, { provider: '', what: 'held', atMs: nowAtMs, untilMs, turn: untilMs }),
    ),
  );
}

/** Lets `row` speak for every other notice to its person that was held back until now; gives how many. */
export async function coverHeld(
  trx: RecordsTransaction,
  row: OutboxTable,
  nowAtMs: EpochMs,
): Promise<number> {
  let covered = 0;
  for (;;) {
    const others = await trx
      .selectFrom('outbox')
      .select(['id', 'alertId', 'handOvers'])
      .where('channel', '=', row.channel)
      .where('level', '=', levelOf(row))
      .where('recipient', '=', row.recipient)
      .where('state', '=', 'waiting')
      .where('heldUntilMs', '<=', nowAtMs)
      .where('id', '!=', row.id)
      .limit(ROWS_MAX)
      .execute();
    if (others.length === 0) return covered;
    await trx
      .updateTable('outbox')
      .set({ state: 'cancelled', coveredBy: row.id, lastErrorCode: 'covered' })
      .where(
        'id',
        'in',
        others.map(({ id }) => id),
      )
      .execute();
    await writeAttempts(
      trx,
      others.map((other) =>
        attemptOf(other, { provider: '', what: 'covered', code: row.id, atMs: nowAtMs }),
      ),
    );
    covered += others.length;
  }
}

/** The text of a notice that speaks for `others` more; an SMS stays one message. */
export function withOthers(
  { channel, alertId, textZh, textEn, level }: OutboxTable,
  others: number,
): Text {
  const name = LEVEL_TABLE[levelOf({ level })].name;
  const reference = referenceOf(alertId);
  const [moreZh, moreEn] = [`另有${others}条，详见平台。`, `${others} more on the platform.`];
  const zh = textZh.replace(
    /(，?详见平台。)?$/,
    textZh.endsWith('。详见平台。') ? moreZh : `，${moreZh}`,
  );
  const en = `${textEn.replace(/ ?Details on the platform\.$/, '')} ${moreEn}`;
  if (channel !== 'sms') return text(`${textZh}${moreZh}`, `${textEn} ${moreEn}`);
  const [replyZh, replyEn] = [
    textZh.includes('回复1确认') ? '，回复1确认' : '',
    textEn.includes('Reply 1') ? ' Reply 1 to acknowledge.' : '',
  ];
  return text(
    zh.length <= SMS_CHARS_MAX.zh
      ? zh
      : `【准绳】${name.zh}预警${reference}${replyZh}；另有${others}条，详见平台。`,
    en.length <= SMS_CHARS_MAX.en
      ? en
      : `Plumbline ${name.en} alert ${reference}.${replyEn} ${moreEn}`,
  );
}
