// The seven counties: persons in supervision, how many of those who can be located are, open alerts.

import type { CountyCounts, Wall } from '../../app/api/wall.ts';
import { regionName } from '../../core/region.ts';
import { countText, shareText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { LEVELS } from './levels.ts';
import { NothingKnown, Pane } from './pane.tsx';
import { personsOf, sumOf } from './sums.ts';
import { WALL_WORDS } from './words.ts';
import styles from './counties-pane.module.css';

/** Below this share of located persons a county stands out. */
const LOCATED_SHARE_MIN = 0.92;

export function CountiesPane({ wall }: { wall: Wall | undefined }) {
  const say = useSay();
  const counties = wall?.counties ?? [];
  return (
    <Pane title={WALL_WORDS.counties} note={wall && <CityTotals counties={counties} />}>
      {wall ? (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{say(WALL_WORDS.county)}</span>
              </th>
              <th scope="col">{say(WALL_WORDS.persons)}</th>
              <th scope="col">{say(WALL_WORDS.located)}</th>
              {LEVELS.map((level) => (
                <th key={level} scope="col" className={styles.levelHead}>
                  <LevelMark level={level} open={false} label={false} />
                  <span className="visually-hidden">{say(LEVEL_NAMES[level])}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counties.map((county) => (
              <CountyRow
                key={county.region}
                county={county}
                name={say(regionName(county.region))}
              />
            ))}
          </tbody>
        </table>
      ) : (
        <NothingKnown says={WORDS.noData} />
      )}
    </Pane>
  );
}

/** Persons of the whole city and the share of them that is located. */
function CityTotals({ counties }: { counties: readonly CountyCounts[] }) {
  const say = useSay();
  const share = shareText(
    sumOf(counties, ({ located }) => located),
    sumOf(counties, ({ locatable }) => locatable),
  );
  return (
    <>
      {say(WALL_WORDS.persons)} <b>{countText(sumOf(counties, personsOf))}</b> ·{' '}
      {say(WALL_WORDS.located)} <b>{share}</b>
    </>
  );
}

function CountyRow({ county, name }: { county: CountyCounts; name: string }) {
  const { located, locatable, open, unacknowledged } = county;
  const low = locatable > 0 && located / locatable < LOCATED_SHARE_MIN;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{countText(personsOf(county))}</td>
      <td data-low={low}>{shareText(located, locatable)}</td>
      {LEVELS.map((level) => (
        <td
          key={level}
          data-level={level}
          data-none={open[level] === 0}
          data-open={unacknowledged[level] > 0}
        >
          {countText(open[level])}
        </td>
      ))}
    </tr>
  );
}
