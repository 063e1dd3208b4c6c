// Labels of the counties with their open alerts, a mark for every alert with a place, and call-outs with
// leader lines for those that wait. Plain HTML and SVG above the map: sharp at every size.

import type { Map as MapLibreMap } from 'maplibre-gl';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CountyCounts, Wall, WallAlert } from '../../app/api/wall.ts';
import type { LngLat } from '../../core/geo.ts';
import { regionName } from '../../core/region.ts';
import { useTimed } from '../shared/deps.tsx';
import { ageText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import type { Geo } from '../shared/map/geo.ts';
import { levelShape, LevelMark } from '../shared/marks.tsx';
import { LEVELS } from './levels.ts';
import { calloutSize, emsOf, labelSize, neighbourNames, worthCallout } from './map-labels.ts';
import { placeCallouts, placeLabels, type Point } from './placement.ts';
import styles from './map-layer.module.css';

type Placed = { readonly x: number; readonly y: number };

export function MapLayer({
  map,
  geo,
  wall,
  scale,
}: {
  map: MapLibreMap;
  geo: Geo;
  wall: Wall | undefined;
  scale: number;
}) {
  const language = useLanguage();
  const view = useView(map);
  const before = useRef(new Map<string, Point>());

  const layout = useMemo(() => {
    void view;
    const at = (place: LngLat): Placed => map.project([place[0], place[1]]);
    const { clientWidth, clientHeight } = map.getContainer();
    const room = { width: clientWidth, height: clientHeight, gap: 6 * scale };
    const rem = 16 * scale;
    const alerts = (wall?.alerts ?? []).flatMap((alert) =>
      alert.place ? [{ alert, at: at(alert.place) }] : [],
    );
    const countsOf = new Map(
      (wall?.counties ?? []).map((counts) => [counts.region as string, counts]),
    );
    const counties = geo.counties.features.map(({ properties: { code, name, label } }) => {
      const counts = countsOf.get(code);
      return { id: code, at: at(label), size: labelSize(name[language], counts, rem), counts };
    });
    const marks = alerts.map((one) => one.at);
    // The legend stands in the lower left corner.
    const legend = { x: 0, y: room.height - 7.5 * rem, w: 12 * rem, h: 7.5 * rem };
    const labels = placeLabels({ wishes: counties, taken: [legend], marks }, room);
    const callouts = placeCallouts(
      {
        wishes: alerts
          .filter(({ alert }) => worthCallout(alert))
          .map(({ alert, at: place }) => ({
            id: alert.id,
            at: place,
            size: calloutSize(alert.title[language], rem),
          })),
        taken: [legend, ...labels.map(({ box }) => box)],
        marks,
        before: before.current,
      },
      room,
    );
    before.current = new Map(
      callouts.map(({ id, box, from }) => [id, { x: box.x - from.x, y: box.y - from.y }]),
    );
    const neighbours = placeLabels(
      {
        wishes: neighbourNames(geo).map(({ place, name }) => ({
          id: name[language],
          at: at(place),
          size: { w: emsOf(name[language]) * 1.3 * rem, h: 1.5 * rem },
        })),
        taken: [legend, ...labels, ...callouts].map((one) => ('box' in one ? one.box : one)),
        marks,
      },
      room,
    );
    return { room, alerts, labels, countsOf, callouts, neighbours };
  }, [map, geo, wall, view, language, scale]);

  return (
    <div className={styles.layer}>
      <svg
        className={styles.lines}
        width={layout.room.width}
        height={layout.room.height}
        aria-hidden
      >
        {layout.callouts.map(({ id, from, to }) => (
          <line key={id} x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
        ))}
        {layout.alerts.toReversed().map(({ alert, at }) => (
          <AlertMark key={alert.id} alert={alert} at={at} scale={scale} />
        ))}
      </svg>
      {layout.neighbours.map(({ id, box }) => (
        <NeighbourName key={id} name={id} at={box} />
      ))}
      {layout.labels.map(({ id, box }) => (
        <CountyLabel key={id} code={id} counts={layout.countsOf.get(id)} at={box} />
      ))}
      {layout.callouts.map(({ id, box }) => {
        const alert = layout.alerts.find((one) => one.alert.id === id)?.alert;
        return alert && <Callout key={id} alert={alert} box={box} />;
      })}
    </div>
  );
}

/** A number that changes whenever the map shows something else. */
function useView(map: MapLibreMap): number {
  const [view, setView] = useState(0);
  useEffect(() => {
    const change = () => setView((count) => count + 1);
    map.on('move', change);
    map.on('resize', change);
    map.on('load', change);
    change();
    return () => {
      map.off('move', change);
      map.off('resize', change);
      map.off('load', change);
    };
  }, [map]);
  return view;
}

function AlertMark({ alert, at, scale }: { alert: WallAlert; at: Placed; scale: number }) {
  const waiting = alert.status === 'new';
  const size = (alert.level === 1 ? 26 : alert.level === 2 ? 20 : 15) * scale;
  return (
    <g
      className={styles.mark}
      data-level={alert.level}
      data-open={waiting}
      transform={`translate(${at.x} ${at.y})`}
    >
      {waiting && alert.level < 3 && <circle r={size * 0.85} />}
      <path
        d={levelShape(alert.level)}
        transform={`scale(${size / 24}) translate(-12 ${alert.level === 2 ? -14 : -12})`}
      />
    </g>
  );
}

function CountyLabel({
  code,
  counts,
  at,
}: {
  code: string;
  counts: CountyCounts | undefined;
  at: { x: number; y: number; w: number; h: number };
}) {
  const say = useSay();
  return (
    <div
      className={styles.county}
      style={{ transform: `translate(${at.x}px, ${at.y}px)`, width: at.w, height: at.h }}
    >
      <span className={styles.countyName}>{say(regionName(code))}</span>
      {counts && (
        <span className={styles.counts}>
          {LEVELS.filter((level) => counts.open[level] > 0).map((level) => (
            <span key={level} data-level={level}>
              <LevelMark level={level} open={counts.unacknowledged[level] > 0} />
              {counts.open[level]}
            </span>
          ))}
        </span>
      )}
    </div>
  );
}

function NeighbourName({ name, at }: { name: string; at: Placed }) {
  return (
    <span className={styles.neighbour} style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
      {name}
    </span>
  );
}

function Callout({
  alert,
  box,
}: {
  alert: WallAlert;
  box: { x: number; y: number; w: number; h: number };
}) {
  const say = useSay();
  const language = useLanguage();
  const age = useTimed((nowMs) => ageText(nowMs - alert.openedAtMs)[language]);
  return (
    <div
      className={styles.callout}
      data-level={alert.level}
      style={{ transform: `translate(${box.x}px, ${box.y}px)`, width: box.w, height: box.h }}
    >
      <span className={styles.calloutTitle}>{say(alert.title)}</span>
      <span className={styles.calloutRest}>
        {alert.reference} · {age}
      </span>
    </div>
  );
}
