// Filters of the list: status, level, county. County officers have one county and are not asked.

import type { Me } from '../../app/api/session.ts';
import { regionCode, regionsWithin } from '../../core/region.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { LEVEL_NAMES } from '../shared/words.ts';
import type { AlertFilter } from './alert-list.ts';
import { CONSOLE_WORDS, FILTER_STATUSES } from './words.ts';
import styles from './filters.module.css';

export function Filters({
  me,
  filter,
  onFilter,
}: {
  me: Me;
  filter: AlertFilter;
  onFilter: (filter: AlertFilter) => void;
}) {
  const say = useSay();
  const counties = regionsWithin(regionCode(me.region));
  return (
    <form className={styles.filters} aria-label={say(CONSOLE_WORDS.filters)}>
      <fieldset className={styles.choice}>
        <legend className="visually-hidden">{say(CONSOLE_WORDS.status)}</legend>
        {(Object.keys(FILTER_STATUSES) as (keyof typeof FILTER_STATUSES)[]).map((status) => (
          <label key={status}>
            <input
              type="radio"
              name="status"
              checked={filter.status === status}
              onChange={() => onFilter({ ...filter, status })}
            />
            <span>{say(FILTER_STATUSES[status])}</span>
          </label>
        ))}
      </fieldset>
      <fieldset className={styles.choice}>
        <legend className="visually-hidden">{say(CONSOLE_WORDS.level)}</legend>
        {([undefined, 1, 2, 3] as const).map((level) => (
          <label key={level ?? 0}>
            <input
              type="radio"
              name="level"
              checked={filter.level === level}
              onChange={() => onFilter({ ...filter, level })}
            />
            <span>
              {level === undefined ? (
                say(CONSOLE_WORDS.all)
              ) : (
                <>
                  <LevelMark level={level} open={false} label={false} />
                  <span className="visually-hidden">{say(LEVEL_NAMES[level])}</span>
                </>
              )}
            </span>
          </label>
        ))}
      </fieldset>
      {counties.length > 0 && (
        <label className={styles.county}>
          <span className="visually-hidden">{say(CONSOLE_WORDS.county)}</span>
          <select
            value={filter.region ?? ''}
            onChange={({ target }) =>
              onFilter({ ...filter, region: target.value === '' ? undefined : target.value })
            }
          >
            <option value="">{say(CONSOLE_WORDS.allCounties)}</option>
            {counties.map(({ code, name }) => (
              <option key={code} value={code}>
                {say(name)}
              </option>
            ))}
          </select>
        </label>
      )}
    </form>
  );
}
