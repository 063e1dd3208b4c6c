// Asks for a backtest: of which text, over which part of what the log keeps.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BacktestJobAnswer, BacktestList, StartBacktest } from '../../../app/api/backtests.ts';
import type { RuleDetail } from '../../../app/api/rules.ts';
import { localDateTime } from '../../../core/local-time.ts';
import type { Text } from '../../../core/text.ts';
import { postJson } from '../../shared/api.ts';
import { spanText } from '../../shared/format.ts';
import { useSay } from '../../shared/language.tsx';
import { backtestPath, navigate } from '../../shared/router.ts';
import { draftOf } from '../drafts.ts';
import { Panel } from '../panel.tsx';
import { Trouble } from '../trouble.tsx';
import { listKey, listPath } from './paths.ts';
import { fieldOf, lengthMs, minutesWithin, proposedPeriod } from './period.ts';
import { BACKTEST_WORDS, keptText, namedText, wantedText } from './words.ts';
import styles from './backtest.module.css';

const DRAFT = 'draft';

export function BacktestForm({ rule, list }: { rule: RuleDetail; list: BacktestList }) {
  const say = useSay();
  const { kept, wanted } = list;
  return (
    <Panel title={BACKTEST_WORDS.start} hint={BACKTEST_WORDS.startHint}>
      {kept ? (
        <>
          <Fields rule={rule} kept={kept} spanMinMs={wanted.spanMinMs} />
          <div className={styles.notes}>
            <p>{say(keptText(minute(kept.fromMs), minute(kept.untilMs)))}</p>
            <p>{say(wantedText(spanText(wanted.spanMinMs), spanText(wanted.ageMaxMs)))}</p>
          </div>
        </>
      ) : (
        <p className={styles.notes}>{say(BACKTEST_WORDS.nothingKept)}</p>
      )}
    </Panel>
  );
}

function Fields({
  rule,
  kept,
  spanMinMs,
}: {
  rule: RuleDetail;
  kept: NonNullable<BacktestList['kept']>;
  spanMinMs: number;
}) {
  const say = useSay();
  const queries = useQueryClient();
  const draft = draftOf(rule.id);
  const candidates = candidatesOf(rule);
  const [candidate, setCandidate] = useState(
    draft === undefined ? (candidates[0]?.version ?? '') : DRAFT,
  );
  const [period, setPeriod] = useState(() => proposedPeriod(kept));
  const within = minutesWithin(kept);
  const bounds = { min: fieldOf(within.fromMs), max: fieldOf(within.untilMs) };
  const start = useMutation({
    mutationFn: (asked: StartBacktest) => postJson<BacktestJobAnswer>(listPath(rule.id), asked),
    onSuccess: (job) => {
      navigate(backtestPath(rule.id), { query: { run: job.id } });
      return queries.invalidateQueries({ queryKey: listKey(rule.id), exact: true });
    },
  });
  const length = lengthMs(period);
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({
          candidate: candidate === DRAFT ? { text: draft ?? '' } : { version: candidate },
          ...period,
        });
      }}
    >
      <label>
        {say(BACKTEST_WORDS.candidate)}
        <select value={candidate} onChange={(event) => setCandidate(event.target.value)}>
          {draft !== undefined && <option value={DRAFT}>{say(BACKTEST_WORDS.draft)}</option>}
          {candidates.map(({ version, what }) => (
            <option key={version} value={version}>
              {say(namedText(version, what))}
            </option>
          ))}
        </select>
      </label>
      <p className={styles.against}>
        {say(BACKTEST_WORDS.against)}{' '}
        {rule.versions.active ? <code>{rule.versions.active}</code> : say(BACKTEST_WORDS.noActive)}
      </p>
      <div className={styles.period}>
        {(['from', 'to'] as const).map((name) => (
          <label key={name}>
            {say(BACKTEST_WORDS[name])}
            <input
              type="datetime-local"
              value={period[name]}
              {...bounds}
              onChange={(event) => setPeriod({ ...period, [name]: event.target.value })}
            />
          </label>
        ))}
      </div>
      {candidate !== '' && candidate === rule.versions.active && (
        <p className={styles.warning}>{say(BACKTEST_WORDS.same)}</p>
      )}
      {length !== undefined && length > 0 && length < spanMinMs && (
        <p className={styles.warning}>{say(BACKTEST_WORDS.tooShort)}</p>
      )}
      <button
        type="submit"
        className={styles.first}
        disabled={start.isPending || candidate === '' || period.from === '' || period.to === ''}
      >
        {say(BACKTEST_WORDS.run)}
      </button>
      <Trouble error={start.error} />
    </form>
  );
}

/** What there is to try, the most likely first; the active version comes last: it changes nothing. */
function candidatesOf({ proposals, versions, history }: RuleDetail) {
  const named: { version: string; what: Text }[] = [
    ...proposals.map(({ ruleVersion }) => ({ version: ruleVersion, what: BACKTEST_WORDS.waits })),
    ...some(versions.onTrial, BACKTEST_WORDS.onTrial),
    ...some(versions.inFile === versions.active ? null : versions.inFile, BACKTEST_WORDS.inFile),
    ...history
      .filter(({ version }) => version !== versions.active)
      .map(({ version }) => ({ version, what: BACKTEST_WORDS.earlier })),
    ...some(versions.active, BACKTEST_WORDS.inForce),
  ];
  return named.filter(
    ({ version }, index) => named.findIndex((other) => other.version === version) === index,
  );
}

const some = (version: string | null, what: Text) => (version === null ? [] : [{ version, what }]);

const minute = (atMs: number): string => localDateTime(atMs).slice(0, 16);
