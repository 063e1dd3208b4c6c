// Where it happened: the area of the order, the fixes of the evidence with their error, and the way
// before and after. Without a place, or without WebGL, the table below has to do.

import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import type { AlertDetail, Track } from '../../app/api/alerts.ts';
import type { OrderFact } from '../../core/observation.ts';
import { isWithin } from '../../core/region.ts';
import { getJson } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { useGeo, type Geo } from '../shared/map/geo.ts';
import { WORDS } from '../shared/words.ts';
import { fixesOf } from './evidence-fixes.ts';
import { Section } from './section.tsx';
import { CONSOLE_WORDS } from './words.ts';
import styles from './evidence-map.module.css';

// Map drawing weighs more than the rest of the console: a phone gets it after the words.
const DrawnEvidence = lazy(async () => ({
  default: (await import('./drawn-evidence.tsx')).DrawnEvidence,
}));

export function EvidenceMap({ alert, onReady }: { alert: AlertDetail; onReady: () => void }) {
  const say = useSay();
  const { geo } = useGeo();
  const { data: track, error } = useTrack(alert.id);
  const fixes = useMemo(() => fixesOf(alert), [alert]);
  const settled = track !== undefined || error !== null;
  const somewhere = fixes.length > 0 || (track?.atMs.length ?? 0) > 0;
  const nowhere = settled && !somewhere;
  const ready = useRef(onReady);
  ready.current = onReady;
  useEffect(() => {
    if (nowhere) ready.current();
  }, [nowhere]);

  if (nowhere) {
    return (
      <Section title={CONSOLE_WORDS.evidenceMap}>
        <p className={styles.none}>{say(CONSOLE_WORDS.noPlace)}</p>
      </Section>
    );
  }
  return (
    <Section
      title={CONSOLE_WORDS.evidenceMap}
      {...(fixes.length > 0 ? { hint: CONSOLE_WORDS.accuracy } : {})}
    >
      <div className={styles.frame}>
        {geo && settled && (
          <Suspense>
            <DrawnEvidence
              geo={geo}
              fixes={fixes}
              track={track}
              lit={areaCodes(alert, geo)}
              onReady={() => ready.current()}
            />
          </Suspense>
        )}
      </div>
      {fixes.some(({ whose }) => whose === 'other') && <Whose />}
      <p className={styles.credit}>{say(WORDS.mapCredit)}</p>
    </Section>
  );
}

/** Which mark is whose, where two persons are drawn. */
function Whose() {
  const say = useSay();
  return (
    <p className={styles.whose}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <circle className={styles.own} cx={6} cy={6} r={4} />
      </svg>
      {say(CONSOLE_WORDS.ownFix)}
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <rect className={styles.other} x={2.5} y={2.5} width={7} height={7} />
      </svg>
      {say(CONSOLE_WORDS.otherFix)}
    </p>
  );
}

function useTrack(alertId: string) {
  return useQuery({
    queryKey: ['track', alertId],
    queryFn: ({ signal }) =>
      getJson<Track>(`/api/alerts/${encodeURIComponent(alertId)}/track`, signal),
    staleTime: 60_000,
  });
}

/** Counties inside the area of the order; the county that answers when there is no order. */
export function areaCodes(
  { evidence, region }: Pick<AlertDetail, 'evidence' | 'region'>,
  geo: Geo,
): string[] {
  const order = evidence.find((seen): seen is OrderFact => seen.kind === 'order');
  const area = order?.area ?? [region];
  return geo.counties.features
    .map(({ properties }) => properties.code)
    .filter((code) => area.some((allowed) => isWithin(code, allowed)));
}
