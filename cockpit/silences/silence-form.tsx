// The form for a new silence, with what it would hide beside it before anybody sends it.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { Me } from '../../app/api/session.ts';
import type {
  NewSilence,
  SilenceAnswer,
  SilenceList,
  SilenceMatcher,
  SilencePreview,
} from '../../app/api/silences.ts';
import type { Level } from '../../core/finding.ts';
import { HOUR_MS, localDateTime, parseInstant } from '../../core/local-time.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../../core/order.ts';
import { regionCode, regionName, regionsWithin } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { addressOf, alertPath } from '../shared/router.ts';
import { CLASS_NAMES, LEVEL_NAMES } from '../shared/words.ts';
import { countOf, DURATIONS, SILENCE_WORDS } from './words.ts';
import styles from './silence-form.module.css';

type Draft = {
  readonly levels: readonly Level[];
  readonly rule: string;
  readonly county: string;
  readonly klass: SubjectClass | '';
  readonly subjects: string;
  readonly from: string;
  readonly hours: number;
  readonly coversOpen: boolean;
  readonly reason: string;
};

const BLANK: Draft = {
  levels: [3],
  rule: '',
  county: '',
  klass: '',
  subjects: '',
  from: '',
  hours: 4,
  coversOpen: false,
  reason: '',
};

export function SilenceForm({ me, data }: { me: Me; data: SilenceList }) {
  const say = useSay();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(BLANK);
  const change = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }));
  const matcher = matcherOf(draft);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (body: NewSilence) => postJson<SilenceAnswer>('/api/silences', body),
    onSuccess: () => setDraft(BLANK),
    onSettled: () => queries.invalidateQueries({ queryKey: ['silences'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!matcher) return;
    const { coversOpen, reason, hours } = draft;
    const fromMs = draft.from === '' ? undefined : parseInstant(draft.from);
    const untilMs = (fromMs ?? data.nowMs) + hours * HOUR_MS;
    mutate({ matcher, coversOpen, reason, untilMs, ...(fromMs === undefined ? {} : { fromMs }) });
  };
  const needsSecond = draft.levels.some((level) => level < 3);
  const problem = error ? problemIn(error) : undefined;
  return (
    <aside className={styles.panel}>
      <form className={styles.box} onSubmit={submit} onChange={() => error && reset()}>
        <h2>{say(SILENCE_WORDS.create)}</h2>
        <Scope {...{ me, data, draft }} onChange={change} />
        <div className={styles.span}>
          <label className={styles.field}>
            <span>{say(SILENCE_WORDS.from)}</span>
            <input
              type="datetime-local"
              value={draft.from}
              min={localDateTime(data.nowMs).slice(0, 16).replace(' ', 'T')}
              aria-describedby="silence-from"
              onChange={({ target }) => change({ from: target.value })}
            />
          </label>
          <label className={styles.field}>
            <span>{say(SILENCE_WORDS.duration)}</span>
            <Durations {...{ data, draft }} onChange={change} />
          </label>
        </div>
        {draft.from === '' && (
          <p id="silence-from" className={styles.hint}>
            {say(SILENCE_WORDS.from)}：{say(SILENCE_WORDS.now)}
          </p>
        )}
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={draft.coversOpen}
            onChange={({ target }) => change({ coversOpen: target.checked })}
          />
          <span>{say(SILENCE_WORDS.coversOpen)}</span>
        </label>
        {!draft.coversOpen && <p className={styles.hint}>{say(SILENCE_WORDS.coversOpenHint)}</p>}
        <label className={styles.field}>
          <span>{say(SILENCE_WORDS.reason)}</span>
          <textarea
            rows={2}
            maxLength={300}
            value={draft.reason}
            placeholder={say(SILENCE_WORDS.reasonHint)}
            onChange={({ target }) => change({ reason: target.value })}
          />
        </label>
        {needsSecond && <p className={styles.note}>{say(SILENCE_WORDS.needsSecond)}</p>}
        <Preview matcher={matcher} coversOpen={draft.coversOpen} />
        {problem && (
          <p className={styles.problem} role="alert">
            <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
          </p>
        )}
        <button type="submit" className={styles.submit} disabled={!matcher || isPending}>
          {say(needsSecond ? SILENCE_WORDS.submitPending : SILENCE_WORDS.submit)}
        </button>
      </form>
    </aside>
  );
}

type Part = { draft: Draft; onChange: (more: Partial<Draft>) => void };

function Scope({ me, data, draft, onChange }: Part & { me: Me; data: SilenceList }) {
  const say = useSay();
  const own = regionCode(me.region);
  const counties = [{ code: own }, ...regionsWithin(own)].map(({ code }) => code);
  const toggle = (level: Level) =>
    onChange({
      levels: draft.levels.includes(level)
        ? draft.levels.filter((one) => one !== level)
        : [...draft.levels, level].toSorted(),
    });
  return (
    <>
      <fieldset className={styles.levels}>
        <legend>{say(SILENCE_WORDS.level)}</legend>
        {([1, 2, 3] as const).map((level) => (
          <label key={level}>
            <input
              type="checkbox"
              checked={draft.levels.includes(level)}
              onChange={() => toggle(level)}
            />
            <span>{say(LEVEL_NAMES[level])}</span>
          </label>
        ))}
      </fieldset>
      <label className={styles.field}>
        <span>{say(SILENCE_WORDS.rules)}</span>
        <select value={draft.rule} onChange={({ target }) => onChange({ rule: target.value })}>
          <option value="">{say(SILENCE_WORDS.any)}</option>
          {data.rules.map(({ id, title }) => (
            <option key={id} value={id}>
              {say(title)}
            </option>
          ))}
        </select>
      </label>
      <div className={styles.pair}>
        <label className={styles.field}>
          <span>{say(SILENCE_WORDS.counties)}</span>
          <select
            value={draft.county}
            onChange={({ target }) => onChange({ county: target.value })}
          >
            <option value="">{say(SILENCE_WORDS.any)}</option>
            {counties.map((code) => (
              <option key={code} value={code}>
                {say(regionName(code))}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          <span>{say(SILENCE_WORDS.classes)}</span>
          <select
            value={draft.klass}
            onChange={({ target }) => onChange({ klass: target.value as Draft['klass'] })}
          >
            <option value="">{say(SILENCE_WORDS.any)}</option>
            {SUBJECT_CLASSES.map((klass) => (
              <option key={klass} value={klass}>
                {say(CLASS_NAMES[klass])}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className={styles.field}>
        <span>{say(SILENCE_WORDS.subjects)}</span>
        <input
          type="text"
          value={draft.subjects}
          placeholder={say(SILENCE_WORDS.subjectsHint)}
          onChange={({ target }) => onChange({ subjects: target.value })}
        />
      </label>
    </>
  );
}

function Durations({ data, draft, onChange }: Part & { data: SilenceList }) {
  const say = useSay();
  const { level1MsMax, msMax } = data.limits;
  const most = draft.levels.includes(1) ? Math.min(level1MsMax, msMax) : msMax;
  return (
    <select
      value={draft.hours}
      onChange={({ target }) => onChange({ hours: Number(target.value) })}
    >
      {DURATIONS.map(([hours, name]) => (
        <option key={hours} value={hours} disabled={hours * HOUR_MS > most}>
          {say(name)}
        </option>
      ))}
    </select>
  );
}

function Preview({
  matcher,
  coversOpen,
}: {
  matcher: SilenceMatcher | undefined;
  coversOpen: boolean;
}) {
  const say = useSay();
  const language = useLanguage();
  const { data, error } = useQuery({
    queryKey: ['silence-preview', JSON.stringify(matcher)],
    queryFn: () => postJson<SilencePreview>('/api/silences/preview', { matcher }),
    enabled: matcher !== undefined,
    placeholderData: (before) => before,
    retry: false,
  });
  return (
    <section className={styles.preview} aria-live="polite">
      <h3>{say(SILENCE_WORDS.preview)}</h3>
      {!matcher ? (
        <p className={styles.hint}>{say(SILENCE_WORDS.choose)}</p>
      ) : error ? (
        <p className={styles.hint}>{say(problemIn(error).says)}</p>
      ) : (
        data && (
          <>
            <dl>
              <dt>{say(SILENCE_WORDS.previewNow)}</dt>
              <dd>{say(countOf(sum(data.open)))}</dd>
              <dt>{say(SILENCE_WORDS.previewWeek)}</dt>
              <dd>
                {say(countOf(sum(data.week)))}
                {([1, 2, 3] as const)
                  .filter((level) => data.week[level] > 0)
                  .map((level) => (
                    <small key={level}>
                      {LEVEL_NAMES[level][language]} {data.week[level]}
                    </small>
                  ))}
              </dd>
            </dl>
            {!coversOpen && sum(data.open) > 0 && (
              <p className={styles.hint}>{say(SILENCE_WORDS.previewOpenNote)}</p>
            )}
            <ul>
              {data.examples.map(({ id, reference, title, region }) => (
                <li key={id}>
                  <a href={addressOf(alertPath(id), {}, location.search)}>
                    {say(title)} · {say(regionName(region))} · {reference}
                  </a>
                </li>
              ))}
            </ul>
          </>
        )
      )}
    </section>
  );
}

const sum = (counts: SilencePreview['open']): number => counts[1] + counts[2] + counts[3];

/** Undefined while it would cover everything, or nothing. */
function matcherOf({ levels, rule, county, klass, subjects }: Draft): SilenceMatcher | undefined {
  const persons = subjects.split(/[\s,，、]+/).filter((key) => key !== '');
  if (levels.length === 0) return undefined;
  if (rule === '' && county === '' && klass === '' && persons.length === 0) return undefined;
  return {
    levels: [...levels],
    ...(rule === '' ? {} : { rules: [rule] }),
    ...(county === '' ? {} : { counties: [regionCode(county)] }),
    ...(klass === '' ? {} : { classes: [klass] }),
    ...(persons.length === 0 ? {} : { subjects: persons.map(subjectKey) }),
  };
}
