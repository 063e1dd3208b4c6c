// The form to record a basis, or a further term of one. What is wrong with it the server says.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Bases, ListedBasis, NewBasisBody, ProposalAnswer } from '../../app/api/bases.ts';
import { DAY_MS, localDate, localDateTime, parseInstant } from '../../core/local-time.ts';
import { MONITORING_GROUNDS, type MonitoringGround } from '../../core/recorded-basis.ts';
import { regionCode, regionName, regionsWithin } from '../../core/region.ts';
import { SOURCE_KINDS, type SourceKind } from '../../core/source.ts';
import { subjectKey } from '../../core/subject.ts';
import type { Text } from '../../core/text.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { sourcesText } from './basis-rows.tsx';
import { BASIS_WORDS } from './words.ts';
import styles from './basis-form.module.css';

const MONITORING_ARTICLE = '《中华人民共和国社区矫正法》第二十九条';

const BLANK = {
  subject: '',
  source: 'bracelet' as SourceKind,
  ground: '' as MonitoringGround | '',
  article: MONITORING_ARTICLE,
  documentNumber: '',
  approvedBy: '',
  area: '',
  from: '',
  until: '',
  confirmer: '',
  reason: '',
};

type Draft = typeof BLANK;

export function BasisForm({
  data,
  renewing,
  onDone,
}: {
  data: Bases;
  renewing: ListedBasis | undefined;
  onDone: () => void;
}) {
  const say = useSay();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({
    ...BLANK,
    ...(renewing ? { subject: renewing.subject, article: renewing.article } : {}),
  });
  const change = (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more }));
  const { mutate, isPending, error, isSuccess, reset } = useMutation({
    mutationFn: (body: NewBasisBody) => postJson<ProposalAnswer>('/api/bases', body),
    onSuccess: () => {
      setDraft(BLANK);
      onDone();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['bases'] }),
  });
  const body = bodyOf(draft, renewing, data);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (body) mutate(body);
  };
  const problem = error ? problemIn(error) : undefined;
  const words = { draft, onChange: change };
  return (
    <aside className={styles.panel}>
      <form
        className={styles.box}
        onSubmit={submit}
        onChange={() => (error || isSuccess) && reset()}
      >
        <h2>{say(renewing ? BASIS_WORDS.renewal : BASIS_WORDS.newBasis)}</h2>
        {renewing ? (
          <p className={styles.note}>
            {say(BASIS_WORDS.renewalOf)} {renewing.subject} · {say(sourcesText(renewing.sources))} ·{' '}
            {renewing.documentNumber}
            <br />
            {say(BASIS_WORDS.renewFrom)} {localDateTime(renewing.untilMs).slice(0, 16)}
            <button type="button" className={styles.plain} onClick={onDone}>
              {say(BASIS_WORDS.cancelRenewal)}
            </button>
          </p>
        ) : (
          <WhatAndWho {...words} data={data} />
        )}
        <Line name={BASIS_WORDS.document}>
          <input
            type="text"
            value={draft.documentNumber}
            maxLength={100}
            onChange={({ target }) => change({ documentNumber: target.value })}
          />
        </Line>
        <Line name={BASIS_WORDS.article}>
          <input
            type="text"
            value={draft.article}
            maxLength={200}
            onChange={({ target }) => change({ article: target.value })}
          />
        </Line>
        <Line name={BASIS_WORDS.approvedBy}>
          <input
            type="text"
            value={draft.approvedBy}
            maxLength={100}
            onChange={({ target }) => change({ approvedBy: target.value })}
          />
        </Line>
        <Term {...words} isRenewal={renewing !== undefined} nowMs={data.nowMs} />
        <Line name={BASIS_WORDS.confirmer}>
          <select
            value={draft.confirmer}
            onChange={({ target }) => change({ confirmer: target.value })}
          >
            <option value="">{say(BASIS_WORDS.choose)}</option>
            {data.confirmers.map(({ id, name }) => (
              <option key={id} value={id}>
                {say(name)}
              </option>
            ))}
          </select>
        </Line>
        <Line name={BASIS_WORDS.reason}>
          <textarea
            rows={2}
            maxLength={300}
            value={draft.reason}
            placeholder={say(BASIS_WORDS.reasonHint)}
            onChange={({ target }) => change({ reason: target.value })}
          />
        </Line>
        <p className={styles.note}>{say(BASIS_WORDS.fourEyes)}</p>
        {problem && (
          <p className={styles.problem} role="alert">
            <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
          </p>
        )}
        {isSuccess && <p role="status">{say(BASIS_WORDS.sent)}</p>}
        <button type="submit" className={styles.submit} disabled={!body || isPending}>
          {say(BASIS_WORDS.submit)}
        </button>
      </form>
    </aside>
  );
}

type Part = { readonly draft: Draft; readonly onChange: (more: Partial<Draft>) => void };

function WhatAndWho({ draft, onChange, data }: Part & { data: Bases }) {
  const say = useSay();
  const own = regionCode(data.region);
  const within = regionsWithin(own).map(({ code }) => code);
  const counties = within.length > 0 ? within : [own];
  return (
    <>
      <Line name={BASIS_WORDS.key}>
        <input
          type="text"
          value={draft.subject}
          onChange={({ target }) => onChange({ subject: target.value })}
        />
      </Line>
      <div className={styles.pair}>
        <Line name={BASIS_WORDS.sources}>
          <select
            value={draft.source}
            onChange={({ target }) => {
              const source = target.value as SourceKind;
              onChange({ source, article: source === 'bracelet' ? MONITORING_ARTICLE : '' });
            }}
          >
            {(Object.keys(SOURCE_KINDS) as SourceKind[])
              .filter((source) => source !== 'office')
              .map((source) => (
                <option key={source} value={source}>
                  {say(SOURCE_KINDS[source])}
                </option>
              ))}
          </select>
        </Line>
        <Line name={BASIS_WORDS.area}>
          <select value={draft.area} onChange={({ target }) => onChange({ area: target.value })}>
            <option value="">{say(BASIS_WORDS.choose)}</option>
            {counties.map((code) => (
              <option key={code} value={code}>
                {say(regionName(code))}
              </option>
            ))}
          </select>
        </Line>
      </div>
      {draft.source === 'bracelet' && (
        <Line name={BASIS_WORDS.ground}>
          <select
            value={draft.ground}
            onChange={({ target }) => onChange({ ground: target.value as Draft['ground'] })}
          >
            <option value="">{say(BASIS_WORDS.choose)}</option>
            {Object.entries(MONITORING_GROUNDS).map(([ground, name]) => (
              <option key={ground} value={ground}>
                {say(name)}
              </option>
            ))}
          </select>
        </Line>
      )}
    </>
  );
}

function Term({ draft, onChange, isRenewal, nowMs }: Part & { isRenewal: boolean; nowMs: number }) {
  return (
    <div className={styles.pair}>
      {!isRenewal && (
        <Line name={BASIS_WORDS.from}>
          <input
            type="date"
            value={draft.from === '' ? localDate(nowMs) : draft.from}
            onChange={({ target }) => onChange({ from: target.value })}
          />
        </Line>
      )}
      <Line name={BASIS_WORDS.until}>
        <input
          type="date"
          value={draft.until}
          onChange={({ target }) => onChange({ until: target.value })}
        />
      </Line>
    </div>
  );
}

function Line({ name, children }: { name: Text; children: ReactNode }) {
  const say = useSay();
  return (
    <label className={styles.field}>
      <span>{say(name)}</span>
      {children}
    </label>
  );
}

/** Undefined while something the form itself can see is missing. A term ends with its last day. */
function bodyOf(
  draft: Draft,
  renewing: ListedBasis | undefined,
  { nowMs }: Bases,
): NewBasisBody | undefined {
  const { article, documentNumber, approvedBy, confirmer, reason, until } = draft;
  const lastDayMs = until === '' ? undefined : parseInstant(`${until} 00:00`);
  if (!article.trim() || !approvedBy.trim() || confirmer === '' || lastDayMs === undefined) {
    return undefined;
  }
  const said = { article, documentNumber, approvedBy, confirmer, reason };
  const untilMs = lastDayMs + DAY_MS;
  if (renewing) {
    const { subject, basisId } = renewing;
    return { action: 'renew', subject, basisId, ...said, untilMs };
  }
  const { source, ground, area, from } = draft;
  if (draft.subject.trim() === '' || area === '') return undefined;
  const today = localDate(nowMs);
  // From today means from now on; any other day from its begin.
  const fromMs = from === '' || from === today ? nowMs : parseInstant(`${from} 00:00`);
  if (fromMs === undefined) return undefined;
  return {
    action: 'start',
    subject: subjectKey(draft.subject.trim()),
    ...said,
    sources: [source],
    area: [regionCode(area)],
    ...(source === 'bracelet' && ground !== '' ? { ground } : {}),
    fromMs,
    untilMs,
  };
}
