// The alerts themselves, band by band, one touch from each; and the objections nobody has decided yet.

import type { OpenRow, OpenView } from '../../app/api/open-alerts.ts';
import { regionName } from '../../core/region.ts';
import { dueText } from '../console/answers/answer-words.ts';
import { CorrectionTag } from '../console/correction.tsx';
import { ageText, dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { addressOf, alertPath } from '../shared/router.ts';
import { CLASS_NAMES } from '../shared/words.ts';
import { bandName, BANDS_OLDEST_FIRST } from './open-counts.ts';
import { itemsText, OPEN_WORDS as W } from './words.ts';
import styles from './open-rows.module.css';

const pathOf = (id: string): string => addressOf(alertPath(id), {}, location.search);

export function OpenRows({ rows, atMs }: { rows: readonly OpenRow[]; atMs: number }) {
  const say = useSay();
  if (rows.length === 0) return <p className={styles.none}>{say(W.noneHere)}</p>;
  return BANDS_OLDEST_FIRST.map((band) => {
    const own = rows.filter((row) => row.band === band);
    if (own.length === 0) return null;
    return (
      <section key={band} className={styles.band} aria-labelledby={`band-${band}`}>
        <h2 id={`band-${band}`}>
          {say(bandName(band))} <span>{say(itemsText(own.length))}</span>
        </h2>
        <ol>
          {own.map((row) => (
            <Row key={row.alert.id} row={row} atMs={atMs} />
          ))}
        </ol>
      </section>
    );
  });
}

function Row({ row, atMs }: { row: OpenRow; atMs: number }) {
  const say = useSay();
  const { alert, holder, sinceMs, dueAtMs, isOverdue, isOffered } = row;
  const { id, level, title, region, subjectClass, subject, reference, recordedAtMs, status } =
    alert;
  return (
    <li>
      <a className={styles.row} href={pathOf(id)} data-level={level} data-overdue={isOverdue}>
        <LevelMark level={level} open={status === 'new' && alert.withdrawnAtMs === null} />
        <span className={styles.title}>
          <CorrectionTag alert={alert} />
          <b>{say(title)}</b>
          <span className={styles.quiet}>
            {say(regionName(region))} · {say(CLASS_NAMES[subjectClass])} · {subject} · {reference}
          </span>
        </span>
        <span className={styles.holder}>
          {holder ? say(holder.name) : <i>{say(W.nobody)}</i>}
          {sinceMs !== null && (
            <span className={styles.quiet}>
              {say(dayClockText(sinceMs))}
              {isOffered && ` · ${say(W.onItsWay)}`}
            </span>
          )}
        </span>
        <span className={styles.due}>
          {dueAtMs !== null && (
            <span className={isOverdue ? styles.overdue : styles.quiet}>
              {say(dueText(dueAtMs, atMs))}
            </span>
          )}
        </span>
        <span className={styles.age}>{say(ageText(atMs - recordedAtMs))}</span>
      </a>
    </li>
  );
}

export function UndecidedObjections({ objections }: Pick<OpenView, 'objections'>) {
  const say = useSay();
  if (objections.length === 0) return null;
  return (
    <section className={styles.band} aria-labelledby="objections">
      <h2 id="objections">
        {say(W.objections)} <span>{objections.length}</span>
      </h2>
      <ol>
        {objections.map(({ id, alert, what, raisedAtMs, dueAtMs, isOverdue }) => (
          <li key={id}>
            <a
              className={styles.row}
              href={pathOf(alert.id)}
              data-level={alert.level}
              data-overdue={isOverdue}
            >
              <LevelMark level={alert.level} open={false} />
              <span className={styles.title}>
                <b>{what}</b>
                <span className={styles.quiet}>
                  {say(regionName(alert.region))} · {say(alert.title)} · {alert.reference}
                </span>
              </span>
              <span className={styles.holder}>
                <span className={styles.quiet}>
                  {say(W.raised)} {say(dayClockText(raisedAtMs))}
                </span>
              </span>
              <span className={styles.due}>
                <span className={isOverdue ? styles.overdue : styles.quiet}>
                  {say(W.due)} {say(dayClockText(dueAtMs - 1))}
                </span>
              </span>
              <span className={styles.age} />
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
