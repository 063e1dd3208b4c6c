// What help a released person may need: the checklist of models/needs, answered together with them and added up
// here. Advice to staff: the answers stay in this window, nothing is sent, kept or decided by them.

import { useId, useState } from 'react';
import { parse } from 'yaml';
import {
  assessNeeds,
  checklistSchema,
  type Answer,
  type NeedsAssessment,
} from '../../models/needs/assess-needs.ts';
import checklistText from '../../models/needs/checklist.yaml?raw';
import { useSay } from '../shared/language.tsx';
import { NEEDS_WORDS } from './words.ts';
import styles from './needs-list.module.css';

const CHECKLIST = checklistSchema.parse(parse(checklistText));
const CHOICES = ['unknown', 'yes', 'no'] as const satisfies readonly Answer[];

export function NeedsList() {
  const say = useSay();
  const [answers, setAnswers] = useState<Readonly<Record<string, Answer>>>({});
  return (
    <details className={styles.needs}>
      <summary>
        <h2>{say(NEEDS_WORDS.title)}</h2>
        <small>{say(NEEDS_WORDS.advice)}</small>
      </summary>
      <p className={styles.quiet}>{say(NEEDS_WORDS.hint(CHECKLIST.version))}</p>
      <div className={styles.columns}>
        <div className={styles.areas}>
          {CHECKLIST.areas.map(({ id, name, items }) => (
            <fieldset key={id}>
              <legend>{say(name)}</legend>
              {items.map((item) => (
                <label key={item.id}>
                  <span>
                    {say(item.question)} <small>+{item.points}</small>
                  </span>
                  <select
                    value={answers[item.id] ?? 'unknown'}
                    onChange={({ target }) =>
                      setAnswers({ ...answers, [item.id]: target.value as Answer })
                    }
                  >
                    {CHOICES.map((choice) => (
                      <option key={choice} value={choice}>
                        {say(NEEDS_WORDS[choice])}
                      </option>
                    ))}
                  </select>
                </label>
              ))}
            </fieldset>
          ))}
        </div>
        <Assessed found={assessNeeds(CHECKLIST, answers)} />
      </div>
    </details>
  );
}

function Assessed({ found }: { found: NeedsAssessment }) {
  const say = useSay();
  const id = useId();
  const { band, points, pointsMax, because, plan, open } = found;
  return (
    <section className={styles.found} aria-labelledby={id}>
      <h3 id={id}>{say(NEEDS_WORDS.result)}</h3>
      <p role="status">
        <b>{say(band)}</b> {say(NEEDS_WORDS.points(points, pointsMax))}
        {because.length > 1 && ` = ${because.map((item) => item.points).join(' + ')}`}
      </p>
      <ol>
        {because.map((item, i) => (
          <li key={item.id}>
            <b>+{item.points}</b>
            <span>
              {say(item.question)}
              <small>{plan[i] && say(plan[i])}</small>
            </span>
          </li>
        ))}
      </ol>
      {open.length > 0 && <p className={styles.quiet}>{say(NEEDS_WORDS.open(open.length))}</p>}
    </section>
  );
}
