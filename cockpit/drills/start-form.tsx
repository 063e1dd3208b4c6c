// Starts a drill. It calls people for real, so it asks once more before it does.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DrillAnswer, DrillListAnswer, StartDrill } from '../../app/api/drills.ts';
import type { Level } from '../../core/finding.ts';
import { regionName } from '../../core/region.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { DRILLS_PATH, navigate } from '../shared/router.ts';
import { LEVEL_NAMES } from '../shared/words.ts';
import { DRILL_WORDS } from './words.ts';
import styles from './drills-page.module.css';

export function StartForm({ list: { may, rules } }: { list: DrillListAnswer }) {
  const say = useSay();
  const queries = useQueryClient();
  const [level, setLevel] = useState<Level>(may.levels[0] ?? 3);
  const [region, setRegion] = useState<string>(may.regions[0] ?? '');
  const [ruleId, setRuleId] = useState<string>();
  const [purpose, setPurpose] = useState('');
  const [asked, setAsked] = useState(false);
  const [sure, setSure] = useState(false);
  const ofLevel = rules.filter((rule) => rule.level === level);
  const choices = ofLevel.length > 0 ? ofLevel : rules;
  const rule = choices.find(({ id }) => id === ruleId) ?? choices[0];
  const start = useMutation({
    mutationFn: (body: StartDrill) => postJson<DrillAnswer>('/api/drills', body),
    onSuccess: ({ id }) => {
      setPurpose('');
      setAsked(false);
      void queries.invalidateQueries({ queryKey: ['drills'] });
      navigate(DRILLS_PATH, { query: { drill: id } });
    },
    onSettled: () => setSure(false),
  });
  const isSaid = purpose.trim().length >= 2;
  const problem = start.error ? problemIn(start.error) : undefined;
  return (
    <form
      className={styles.box}
      aria-labelledby="start-drill"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (!isSaid || !rule) return;
        if (sure) start.mutate({ level, ruleId: rule.id, region, purpose });
        else setSure(true);
      }}
    >
      <h2 id="start-drill">{say(DRILL_WORDS.start)}</h2>
      <p className={styles.hint}>{say(DRILL_WORDS.warning)}</p>
      <div className={styles.pair}>
        <label className={styles.field}>
          <span>{say(DRILL_WORDS.level)}</span>
          <select value={level} onChange={({ target }) => setLevel(Number(target.value) as Level)}>
            {may.levels.map((one) => (
              <option key={one} value={one}>
                {say(LEVEL_NAMES[one])}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          <span>{say(DRILL_WORDS.county)}</span>
          <select value={region} onChange={({ target }) => setRegion(target.value)}>
            {may.regions.map((code) => (
              <option key={code} value={code}>
                {say(regionName(code))}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className={styles.field}>
        <span>{say(DRILL_WORDS.rule)}</span>
        <select value={rule?.id} onChange={({ target }) => setRuleId(target.value)}>
          {choices.map(({ id, title }) => (
            <option key={id} value={id}>
              {say(title)}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{say(DRILL_WORDS.purpose)}</span>
        <input
          value={purpose}
          maxLength={100}
          placeholder={say(DRILL_WORDS.purposeExample)}
          aria-invalid={asked && !isSaid}
          onChange={({ target }) => setPurpose(target.value)}
        />
      </label>
      {asked && !isSaid && (
        <p className={styles.wrong} role="alert">
          {say(DRILL_WORDS.sayPurpose)}
        </p>
      )}
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)}
          {problem.hint && <> {say(problem.hint)}</>}
        </p>
      )}
      <div className={styles.acts}>
        <button type="submit" className={styles.go} data-sure={sure} disabled={start.isPending}>
          {say(
            start.isPending ? DRILL_WORDS.starting : sure ? DRILL_WORDS.confirm : DRILL_WORDS.begin,
          )}
        </button>
        {sure && !start.isPending && (
          <button type="button" onClick={() => setSure(false)}>
            {say(DRILL_WORDS.cancel)}
          </button>
        )}
      </div>
    </form>
  );
}
