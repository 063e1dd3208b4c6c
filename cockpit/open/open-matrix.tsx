// Counties down, ages across, the oldest first. Every number is a way to the alerts behind it.

import type { OpenCount } from '../../app/api/open-alerts.ts';
import { regionName } from '../../core/region.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { bandName, BANDS_OLDEST_FIRST, regionsOf, sumOf } from './open-counts.ts';
import type { OpenFilter } from './open-filter.ts';
import { gravestText, OPEN_WORDS as W, overdueText } from './words.ts';
import styles from './open-matrix.module.css';

export function OpenMatrix({
  counts,
  filter,
  onChoose,
}: {
  counts: readonly OpenCount[];
  filter: OpenFilter;
  onChoose: (next: Partial<OpenFilter>) => void;
}) {
  const say = useSay();
  if (counts.length === 0) return <p className={styles.none}>{say(W.none)}</p>;
  const cell = (of: { region?: string; band?: number }, key: string) => {
    const picked = counts.filter(
      ({ region, band }) =>
        (of.region === undefined || region === of.region) &&
        (of.band === undefined || band === of.band),
    );
    const chosen =
      filter.region === of.region &&
      filter.band === (of.band === undefined ? undefined : String(of.band)) &&
      (of.region ?? of.band) !== undefined;
    const where = [
      of.region ? say(regionName(of.region)) : say(W.all),
      of.band === undefined ? '' : say(bandName(of.band)),
    ].join(' ');
    return (
      <td key={key} data-old={of.band !== undefined && of.band >= 3}>
        <Number
          counts={picked}
          label={where}
          chosen={chosen}
          onClick={() =>
            onChoose({
              region: of.region,
              band: of.band === undefined ? undefined : String(of.band),
            })
          }
        />
      </td>
    );
  };
  return (
    <table className={styles.matrix}>
      <caption className="visually-hidden">{say(W.matrix)}</caption>
      <thead>
        <tr>
          <th scope="col">{say(W.county)}</th>
          {BANDS_OLDEST_FIRST.map((band) => (
            <th key={band} scope="col">
              {say(bandName(band))}
            </th>
          ))}
          <th scope="col">{say(W.all)}</th>
        </tr>
      </thead>
      <tbody>
        {regionsOf(counts).map((region) => (
          <tr key={region}>
            <th scope="row">{say(regionName(region))}</th>
            {BANDS_OLDEST_FIRST.map((band) => cell({ region, band }, String(band)))}
            {cell({ region }, 'all')}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{say(W.all)}</th>
          {BANDS_OLDEST_FIRST.map((band) => cell({ band }, String(band)))}
          {cell({}, 'all')}
        </tr>
      </tfoot>
    </table>
  );
}

function Number({
  counts,
  label,
  chosen,
  onClick,
}: {
  counts: readonly OpenCount[];
  label: string;
  chosen: boolean;
  onClick: () => void;
}) {
  const say = useSay();
  const { alerts, overdue, gravest } = sumOf(counts);
  if (alerts === 0) return <span className={styles.zero}>0</span>;
  const more = [
    ...(gravest > 0 ? [say(gravestText(gravest))] : []),
    ...(overdue > 0 ? [say(overdueText(overdue))] : []),
  ];
  return (
    <button
      type="button"
      aria-label={[label, countText(alerts), ...more].join(' ')}
      aria-pressed={chosen}
      onClick={onClick}
    >
      <b>{countText(alerts)}</b>
      {gravest > 0 && <small className={styles.gravest}>{say(gravestText(gravest))}</small>}
      {overdue > 0 && <small className={styles.overdue}>{say(overdueText(overdue))}</small>}
    </button>
  );
}
