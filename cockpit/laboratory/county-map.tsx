// Counties in the colour of their grade, drawn from the boundaries the cockpit has. Every county has its name,
// rank and figure in it; the table beside it says the same for whoever does not see it.

import { useMemo } from 'react';
import { useSay } from '../shared/language.tsx';
import { boundsOf, cornersOf, useGeo, type RegionShapes } from '../shared/map/geo.ts';
import { WORDS } from '../shared/words.ts';
import { figureText } from './grade-mark.tsx';
import type { LabInput, LabRanks } from './lab-model.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-parts.module.css';

const WIDTH = 640;

export function CountyMap({
  input,
  step,
  chosen,
  choose,
}: {
  input: LabInput;
  step: LabRanks;
  chosen: number;
  choose(region: number): void;
}) {
  const say = useSay();
  const { geo, error } = useGeo();
  const drawn = useMemo(() => (geo ? draw(geo.counties) : undefined), [geo]);
  const places = useMemo(
    () => new Map(input.regions.map(({ code }, i) => [code, i])),
    [input.regions],
  );
  if (error) return <p className={styles.hint}>{say(WORDS.mapAway)}</p>;
  const shapes = drawn?.shapes.filter(({ code }) => places.has(code)) ?? [];
  if (!drawn || shapes.length === 0) return null;
  const isChosen = (code: string) => places.get(code) === chosen;
  return (
    <figure className={styles.map}>
      <svg viewBox={`0 0 ${WIDTH} ${drawn.height}`} role="img" aria-label={say(LAB_WORDS.map)}>
        {/* The chosen one last: its border lies above those beside it. */}
        {shapes
          .toSorted((a, b) => Number(isChosen(a.code)) - Number(isChosen(b.code)))
          .map(({ code, path }) => {
            const at = places.get(code) as number;
            return (
              <path
                key={code}
                d={path}
                data-colour={input.definition.grading.bands[step.grades[at] ?? -1]?.colour}
                data-chosen={at === chosen}
                onClick={() => choose(at)}
              />
            );
          })}
        {shapes.map(({ code, name, x, y }) => {
          const at = places.get(code) as number;
          return (
            <text key={code} x={x} y={y}>
              <tspan x={x}>{say(name)}</tspan>
              <tspan x={x} dy="1.3em">
                {step.ranks[at] ? `${step.ranks[at]} · ` : ''}
                {figureText(step.figures[at])}
              </tspan>
            </text>
          );
        })}
      </svg>
      <figcaption className={styles.hint}>{say(WORDS.mapCredit)}</figcaption>
    </figure>
  );
}

/** Boundaries on a plane that is right in the middle of the city. */
function draw(counties: RegionShapes) {
  const bounds = boundsOf(cornersOf(counties));
  if (!bounds) return undefined;
  const [west, south, east, north] = bounds;
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = WIDTH / ((east - west) * squeeze);
  const x = (lng: number) => Math.round((lng - west) * squeeze * scale * 10) / 10;
  const y = (lat: number) => Math.round((north - lat) * scale * 10) / 10;
  return {
    height: Math.ceil((north - south) * scale),
    shapes: counties.features.map(({ properties, geometry }) => ({
      code: properties.code,
      name: properties.name,
      x: x(properties.label[0]),
      y: y(properties.label[1]),
      path: geometry.coordinates
        .flat()
        .map((ring) => `M${ring.map(([lng, lat]) => `${x(lng)} ${y(lat)}`).join('L')}Z`)
        .join(''),
    })),
  };
}
