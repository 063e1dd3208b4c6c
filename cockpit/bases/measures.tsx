// Every measure about a person with its paper, its term and those before it.

import type { MeasureAnswer } from '../../app/api/bases.ts';
import { MONITORING_GROUNDS } from '../../core/recorded-basis.ts';
import { areaName } from '../console/describe-observation.ts';
import { useSay } from '../shared/language.tsx';
import { sourcesText } from './basis-rows.tsx';
import { BASIS_WORDS, daysText, MEASURE_STATES, renewalsText, termText } from './words.ts';
import rows from './basis-rows.module.css';

export function Measures({ measures }: { measures: readonly MeasureAnswer[] }) {
  const say = useSay();
  return (
    <section className={rows.section}>
      <h2>
        {say(BASIS_WORDS.measures)} <span>{measures.length}</span>
      </h2>
      {measures.length === 0 ? (
        <p className={rows.none}>{say(BASIS_WORDS.measuresNone)}</p>
      ) : (
        <ol>
          {measures.map((measure) => (
            <Measure key={`${measure.kind} ${measure.basisId}`} measure={measure} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Measure({ measure }: { measure: MeasureAnswer }) {
  const say = useSay();
  const { kind, state, daysLeft, ground, terms, fromMs, untilMs, liftedAtMs } = measure;
  const isRunning = state === 'running';
  const tone = !isRunning
    ? undefined
    : (daysLeft ?? 0) < 3
      ? 'alarm'
      : (daysLeft ?? 0) < 15
        ? 'warn'
        : 'calm';
  return (
    <li className={rows.row} data-tone={tone}>
      <div className={rows.head}>
        <b className={rows.left}>{say(MEASURE_STATES[state])}</b>
        <span>{say(sourcesText(measure.sources))}</span>
        <span className={rows.quiet}>
          {say(kind === 'recorded' ? BASIS_WORDS.recordedKind : BASIS_WORDS.orderKind)}
        </span>
        {daysLeft !== null && (
          <span>
            {say(BASIS_WORDS.daysLeft)} <b>{say(daysText(daysLeft))}</b>
          </span>
        )}
      </div>
      <p className={rows.facts}>
        <span>{measure.article}</span>
        <span>{measure.documentNumber}</span>
        <span>
          {say(BASIS_WORDS.approvedBy)} {measure.approvedBy}
        </span>
        <span>{say(termText(fromMs, liftedAtMs ?? untilMs))}</span>
        {kind === 'recorded' && (
          <span>
            {say(BASIS_WORDS.area)} {say(areaName(measure.area))}
          </span>
        )}
        {ground !== null && (
          <span>
            {say(BASIS_WORDS.ground)} {say(MONITORING_GROUNDS[ground])}
          </span>
        )}
        {kind === 'recorded' && (
          <span>
            {say(BASIS_WORDS.renewals)} {say(renewalsText(measure.renewals, measure.renewalsMax))}
          </span>
        )}
      </p>
      {terms.length > 1 && (
        <ul className={rows.terms} aria-label={say(BASIS_WORDS.terms)}>
          {terms.map((term) => (
            <li key={`${term.documentNumber} ${term.fromMs}`}>
              {say(termText(term.fromMs, term.untilMs))} · {term.documentNumber}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
