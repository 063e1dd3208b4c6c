// The list of alerts with its filters. Rows keep their place; what arrives is announced above them.

import type { RefObject } from 'react';
import type { AlertSummary } from '../../app/api/alerts.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { problemIn } from '../shared/api.ts';
import { useTimed } from '../shared/deps.tsx';
import { ageText, dayClockText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { addressOf, alertPath } from '../shared/router.ts';
import { CLASS_NAMES, LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { arrivedGravest, type AlertFilter } from './alert-list.ts';
import { CorrectionTag } from './correction.tsx';
import { MyTasks } from './answers/my-tasks.tsx';
import { ExportList } from './export-list.tsx';
import { Filters } from './filters.tsx';
import type { AlertListData } from './use-alert-list.ts';
import { arrivedText, CONSOLE_WORDS, repeatsText } from './words.ts';
import styles from './list-pane.module.css';

export function ListPane({
  ref,
  me,
  data,
  filter,
  query,
  openId,
  onFilter,
  onOpen,
}: {
  ref: RefObject<HTMLOListElement | null>;
  me: Me;
  data: AlertListData;
  filter: AlertFilter;
  query: Readonly<Record<string, string | undefined>>;
  openId: string | undefined;
  onFilter: (filter: AlertFilter) => void;
  onOpen: (id: string) => void;
}) {
  const say = useSay();
  const { list, loaded, error, more } = data;
  const arrived = arrivedGravest(list);
  return (
    <section className={styles.pane} aria-label={say(CONSOLE_WORDS.list)} onKeyDown={data.touch}>
      <div>
        <MyTasks {...{ me, openId, query, onOpen }} />
        <Filters me={me} filter={filter} onFilter={onFilter} />
        {me.rights?.includes('alert.export') && <ExportList filter={filter} />}
      </div>
      <div className={styles.announce} role="status">
        {arrived && (
          <button type="button" data-level={arrived.level} onClick={data.letIn}>
            <LevelMark level={arrived.level} open label={false} />
            {say(arrivedText(list.arrived.length, LEVEL_NAMES[arrived.level], arrived.count))}
          </button>
        )}
        {error !== null && <p className={styles.error}>{say(problemIn(error).says)}</p>}
      </div>
      <ol ref={ref} className={styles.rows} aria-busy={!loaded}>
        {list.shown.map((id) => {
          const alert = list.rows.get(id);
          return (
            alert && (
              <Row
                key={id}
                alert={alert}
                current={id === openId}
                href={addressOf(alertPath(id), query, location.search)}
                onOpen={onOpen}
              />
            )
          );
        })}
        {loaded && list.shown.length === 0 && (
          <li className={styles.empty}>
            {say(filter.status === 'open' ? CONSOLE_WORDS.emptyOpen : CONSOLE_WORDS.empty)}
          </li>
        )}
        {!loaded && error === null && <li className={styles.empty}>{say(WORDS.loading)}</li>}
        {more && (
          <li>
            <button type="button" className={styles.more} onClick={data.loadMore}>
              {say(CONSOLE_WORDS.loadMore)}
            </button>
          </li>
        )}
      </ol>
    </section>
  );
}

function Row({
  alert,
  current,
  href,
  onOpen,
}: {
  alert: AlertSummary;
  current: boolean;
  href: string;
  onOpen: (id: string) => void;
}) {
  const say = useSay();
  const language = useLanguage();
  const { id, level, status, openedAtMs, closedAtMs, repeats, withdrawnAtMs } = alert;
  const age = useTimed((nowMs) => ageText(nowMs - openedAtMs)[language]);
  return (
    <li>
      <a
        className={styles.row}
        href={href}
        data-alert={id}
        data-level={level}
        data-status={status}
        {...(withdrawnAtMs === null ? {} : { 'data-withdrawn': true })}
        {...(current ? { 'aria-current': 'true' as const } : {})}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onOpen(id);
        }}
      >
        <LevelMark level={level} open={status === 'new' && withdrawnAtMs === null} />
        <span className={styles.title}>
          <CorrectionTag alert={alert} />
          {withdrawnAtMs === null ? say(alert.title) : <s>{say(alert.title)}</s>}
        </span>
        <span className={styles.age}>
          {status === 'closed' && closedAtMs !== null ? dayClockText(closedAtMs)[language] : age}
        </span>
        <span className={styles.under}>
          <span>
            {say(regionName(alert.region))} · {say(CLASS_NAMES[alert.subjectClass])} ·{' '}
            {alert.subject}
            {repeats > 0 && ` · ${say(repeatsText(repeats))}`}
            {alert.late && ` · ${say(CONSOLE_WORDS.late)}`}
          </span>
          <span className={styles.status}>{say(statusText(alert))}</span>
        </span>
      </a>
    </li>
  );
}

function statusText({ status, clearedAtMs, withdrawnAtMs }: AlertSummary) {
  if (status === 'closed') return WORDS.closed;
  if (withdrawnAtMs !== null) return CONSOLE_WORDS.withdrawn;
  if (status === 'new') return WORDS.unacknowledged;
  return clearedAtMs === null ? WORDS.acknowledged : WORDS.cleared;
}
