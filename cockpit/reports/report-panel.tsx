// Beside the report: which one is shown, keeping it, taking it away as a file, and what has been kept.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type {
  KeptDetail,
  KeptList,
  KeptReportAnswer,
  ShownReportAnswer,
} from '../../app/api/reports.ts';
import type { Me } from '../../app/api/session.ts';
import { regionCode, regionName, regionsWithin } from '../../core/region.ts';
import { lastWhole, periodBefore, periodCode, type Period } from '../../models/report/period.ts';
import { postForFile, postJson, problemIn, getJson } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { addressOf, navigate, REPORTS_PATH, useQueryText } from '../shared/router.ts';
import { FORMAT_NAMES, PAGE_WORDS } from './words.ts';
import { saveFile } from './save-file.ts';
import styles from './report-panel.module.css';

export type Shown = ShownReportAnswer & { readonly kept?: KeptDetail['kept'] };

export function ReportPanel({
  me,
  shown,
  purpose,
  onPurpose,
  children,
}: {
  me: Me;
  shown: Shown | undefined;
  purpose: string;
  onPurpose: (purpose: string) => void;
  /** What else stands in the column. */
  children?: ReactNode;
}) {
  const { data: list } = useQuery({
    queryKey: ['reports', 'kept'],
    queryFn: ({ signal }) => getJson<KeptList>('/api/reports/kept', signal),
  });
  return (
    <aside className={styles.panel}>
      {shown && <Chooser me={me} shown={shown} />}
      {shown && list && (
        <Taking shown={shown} formats={list.formats} purpose={purpose} onPurpose={onPurpose} />
      )}
      {list && <KeptReports list={list.reports} openId={shown?.kept?.id} />}
      {children}
    </aside>
  );
}

function Chooser({ me, shown }: { me: Me; shown: Shown }) {
  const say = useSay();
  const { nowMs } = shown;
  const counties = regionsWithin(regionCode(me.region));
  const span = shown.span as Period;
  const go = (period: Period, region: string = shown.region) =>
    navigate(REPORTS_PATH, {
      query: { period: periodCode(period), region: region === me.region ? undefined : region },
    });
  const next = after(span);
  return (
    <form className={styles.box} aria-label={say(PAGE_WORDS.choose)}>
      <fieldset className={styles.kinds}>
        <legend className="visually-hidden">{say(PAGE_WORDS.kind)}</legend>
        {(['week', 'month'] as const).map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name="kind"
              checked={span.kind === kind}
              onChange={() => go(lastWhole(kind, nowMs))}
            />
            <span>{say(PAGE_WORDS[kind])}</span>
          </label>
        ))}
      </fieldset>
      <div className={styles.steps}>
        <button type="button" onClick={() => go(periodBefore(span))}>
          ← {say(PAGE_WORDS.earlier)}
        </button>
        <button type="button" disabled={next.fromMs > nowMs} onClick={() => go(next)}>
          {say(PAGE_WORDS.later)} →
        </button>
      </div>
      {counties.length > 0 && (
        <label className={styles.field}>
          <span>{say(PAGE_WORDS.region)}</span>
          <select value={shown.region} onChange={({ target }) => go(span, target.value)}>
            {[me.region, ...counties.map(({ code }) => code)].map((code) => (
              <option key={code} value={code}>
                {say(regionName(code))}
              </option>
            ))}
          </select>
        </label>
      )}
    </form>
  );
}

/** The period of the same kind that begins where this one ends. */
function after(span: Period): Period {
  if (span.kind === 'days')
    return { ...span, fromMs: span.untilMs, untilMs: 2 * span.untilMs - span.fromMs };
  // The period before the one after next is the next one.
  const afterNext = {
    ...span,
    fromMs: span.untilMs + (span.kind === 'week' ? 7 : 31) * 86_400_000,
  };
  const next = periodBefore(afterNext);
  return next.fromMs === span.untilMs ? next : periodBefore(next);
}

function Taking({
  shown,
  formats,
  purpose,
  onPurpose,
}: {
  shown: Shown;
  formats: KeptList['formats'];
  purpose: string;
  onPurpose: (purpose: string) => void;
}) {
  const say = useSay();
  const language = useLanguage();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const isSaid = purpose.trim().length >= 2;
  const keep = useMutation({
    mutationFn: () =>
      postJson<KeptReportAnswer>('/api/reports', {
        ...(shown.span.kind === 'days' ? daysOf(shown.period) : { period: shown.period }),
        region: shown.region,
        purpose,
      }),
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: ['reports', 'kept'] });
      navigate(REPORTS_PATH, { query: { kept: id } });
    },
  });
  const take = useMutation({
    mutationFn: async (format: KeptList['formats'][number]['format']) => {
      const path = `/api/reports/kept/${encodeURIComponent(shown.kept?.id ?? '')}/files`;
      const { file, name } = await postForFile(path, { format, purpose, language });
      saveFile(file, name);
    },
  });
  const error = keep.error ?? take.error;
  const busy = keep.isPending || take.isPending;
  /** What cannot be done without a purpose says so instead of being dead. */
  const withPurpose = (act: () => void) => () => {
    setAsked(true);
    if (isSaid) act();
  };
  return (
    <form className={styles.box} onSubmit={(event) => event.preventDefault()}>
      <p className={styles.state}>{say(shown.kept ? PAGE_WORDS.isKept : PAGE_WORDS.isLive)}</p>
      <label className={styles.field}>
        <span>{say(PAGE_WORDS.purpose)}</span>
        <input
          value={purpose}
          maxLength={60}
          placeholder={say(PAGE_WORDS.purposeExample)}
          aria-invalid={asked && !isSaid}
          onChange={({ target }) => onPurpose(target.value)}
        />
      </label>
      {asked && !isSaid && (
        <p className={styles.wrong} role="alert">
          {say(PAGE_WORDS.sayPurpose)}
        </p>
      )}
      <div className={styles.acts}>
        {shown.kept ? (
          formats.map(({ format, missing }) => (
            <button
              key={format}
              type="button"
              disabled={busy || missing !== undefined}
              onClick={withPurpose(() => take.mutate(format))}
            >
              {say(FORMAT_NAMES[format])}
            </button>
          ))
        ) : (
          <button
            type="button"
            className={styles.main}
            disabled={busy}
            onClick={withPurpose(() => keep.mutate())}
          >
            {say(keep.isPending ? PAGE_WORDS.keeping : PAGE_WORDS.keep)}
          </button>
        )}
        <button type="button" onClick={withPurpose(() => print())}>
          {say(PAGE_WORDS.print)}
        </button>
      </div>
      {shown.kept &&
        formats.map(
          ({ format, missing }) =>
            missing && (
              <p key={format} className={styles.hint}>
                {say(missing)}
              </p>
            ),
        )}
      {shown.kept && (
        <p className={styles.hint}>
          {say(PAGE_WORDS.fingerprint)} <code>{shown.kept.hash.slice(0, 16)}</code>
        </p>
      )}
      {error && (
        <p className={styles.wrong} role="alert">
          {say(problemIn(error).says)}
        </p>
      )}
    </form>
  );
}

function daysOf(period: string): { from: string; to: string } {
  const [from = '', to = ''] = period.split('_');
  return { from, to };
}

function KeptReports({
  list,
  openId,
}: {
  list: readonly KeptReportAnswer[];
  openId: string | undefined;
}) {
  const say = useSay();
  const present = useQueryText();
  return (
    <section className={styles.box} aria-labelledby="kept-reports">
      <h2 id="kept-reports">{say(PAGE_WORDS.kept)}</h2>
      <p className={styles.hint}>{say(PAGE_WORDS.keptHint)}</p>
      {list.length === 0 && <p className={styles.hint}>{say(PAGE_WORDS.keptNone)}</p>}
      <ol className={styles.list}>
        {list.map(({ id, name, region, madeAtMs, madeBy, purpose }) => (
          <li key={id}>
            <a
              href={addressOf(REPORTS_PATH, { kept: id }, present)}
              aria-current={id === openId ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                navigate(REPORTS_PATH, { query: { kept: id } });
              }}
            >
              <span className={styles.name}>
                {say(regionName(region))} · {say(name)}
              </span>
              <span className={styles.hint}>
                {say(dayClockText(madeAtMs))} · {say(madeBy ?? PAGE_WORDS.bySchedule)}
                {purpose && ` · ${purpose}`}
              </span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
