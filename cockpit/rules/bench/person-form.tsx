// The person a drawn track belongs to: made up, with what an order would say of them.

import type { ReactNode } from 'react';
import type { PackZones } from '../../../app/api/rules.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../../../core/order.ts';
import { SOURCE_KINDS } from '../../../core/source.ts';
import { useSay } from '../../shared/language.tsx';
import type { Geo } from '../../shared/map/geo.ts';
import { CLASS_NAMES } from '../../shared/words.ts';
import { Panel } from '../panel.tsx';
import type { BenchPerson, BenchState } from './use-bench.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './bench.module.css';

/** Sources positions come from. */
const SOURCES = ['phone', 'bracelet'] as const;
const CURFEW = { from: '22:00', until: '06:00' } as const;

export function PersonForm({
  bench,
  geo,
  zones,
}: {
  bench: BenchState;
  geo: Geo | undefined;
  zones: PackZones['zones'];
}) {
  const say = useSay();
  const { person, setPerson, watchHours, setWatchHours } = bench;
  const set = (change: Partial<BenchPerson>) => setPerson({ ...person, ...change });
  const { curfew } = person;
  return (
    <Panel title={BENCH_WORDS.person}>
      <div className={styles.person}>
        <Row label={say(BENCH_WORDS.class)}>
          <select
            aria-label={say(BENCH_WORDS.class)}
            value={person.class}
            onChange={({ target }) => set({ class: target.value as SubjectClass })}
          >
            {SUBJECT_CLASSES.map((one) => (
              <option key={one} value={one}>
                {say(CLASS_NAMES[one])}
              </option>
            ))}
          </select>
        </Row>
        <Row label={say(BENCH_WORDS.county)}>
          <select
            aria-label={say(BENCH_WORDS.county)}
            value={person.county}
            onChange={({ target }) => set({ county: target.value })}
          >
            {geo?.counties.features.map(({ properties }) => (
              <option key={properties.code} value={properties.code}>
                {say(properties.name)}
              </option>
            ))}
          </select>
        </Row>
        <Row label={say(BENCH_WORDS.source)}>
          <select
            aria-label={say(BENCH_WORDS.source)}
            value={person.source}
            onChange={({ target }) => set({ source: target.value as BenchPerson['source'] })}
          >
            {SOURCES.map((one) => (
              <option key={one} value={one}>
                {say(SOURCE_KINDS[one])}
              </option>
            ))}
          </select>
        </Row>
        <Row label={say(BENCH_WORDS.leave)}>
          <label>
            <input
              type="checkbox"
              checked={person.onLeave}
              onChange={({ target }) => set({ onLeave: target.checked })}
            />
            {say(BENCH_WORDS.leaveHint)}
          </label>
        </Row>
        <Row label={say(BENCH_WORDS.curfew)}>
          <label>
            <input
              type="checkbox"
              checked={curfew !== undefined}
              onChange={({ target }) => set({ curfew: target.checked ? CURFEW : undefined })}
            />
            {say(BENCH_WORDS.curfewHint)}
          </label>
          {curfew && (
            <span className={styles.span}>
              {(['from', 'until'] as const).map((end) => (
                <input
                  key={end}
                  type="time"
                  aria-label={`${say(BENCH_WORDS.curfew)} ${say(BENCH_WORDS[end])}`}
                  value={curfew[end]}
                  onChange={({ target }) => {
                    if (target.value !== '') set({ curfew: { ...curfew, [end]: target.value } });
                  }}
                />
              ))}
            </span>
          )}
        </Row>
        <Row label={say(BENCH_WORDS.closed)}>
          <select
            aria-label={say(BENCH_WORDS.closed)}
            value={person.closedZone ?? ''}
            onChange={({ target }) => set({ closedZone: target.value || undefined })}
          >
            <option value="">{say(BENCH_WORDS.noZone)}</option>
            {zones.map(({ id, title }) => (
              <option key={id} value={id}>
                {say(title)}
              </option>
            ))}
          </select>
        </Row>
        <Row label={say(BENCH_WORDS.watch)}>
          <input
            type="number"
            min={0}
            max={744}
            aria-label={say(BENCH_WORDS.watch)}
            value={watchHours}
            onChange={({ target }) =>
              setWatchHours(Math.min(744, Math.max(0, Number(target.value) || 0)))
            }
          />
        </Row>
      </div>
    </Panel>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <span>{label}</span>
      <div>{children}</div>
    </div>
  );
}
