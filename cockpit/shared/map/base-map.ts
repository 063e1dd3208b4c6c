// The quiet base map of both screens: fills and lines of our own boundaries, no tiles, no glyphs, no
// request to anyone. Labels and marks are drawn above it by the screens.

import { Map as MapLibreMap, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Language } from '../../../core/text.ts';
import type { Bounds, Geo } from './geo.ts';

setWorkerUrl(workerUrl);

export type Palette = {
  readonly background: string;
  readonly land: string;
  readonly area: string;
  readonly line: string;
  readonly border: string;
  readonly outline: string;
  readonly calm: string;
  readonly ok: string;
  readonly warn: string;
  readonly alarm: string;
  readonly faint: string;
};

/** The colours of the theme the element stands in. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: read('--bg'),
    land: read('--map-land'),
    area: read('--map-area'),
    line: read('--map-line'),
    border: read('--map-border'),
    outline: read('--map-outline'),
    calm: read('--calm'),
    ok: read('--ok'),
    warn: read('--warn'),
    alarm: read('--alarm'),
    faint: read('--text-3'),
  };
}

export type BaseMapOptions = {
  readonly geo: Geo;
  readonly palette: Palette;
  readonly bounds: Bounds;
  readonly padding: number | { top: number; right: number; bottom: number; left: number };
  /** Lines are this many times as wide as at 1080 lines. */
  readonly scale: number;
  /** Counties that are lit: the area one looks at. */
  readonly lit: readonly string[];
  readonly language: Language;
  /** The page scrolls: moving the map takes two fingers. */
  readonly scrolls?: boolean;
};

const WORDS_OF_MAP = {
  zh: {
    'Map.Title': '地图',
    'CooperativeGesturesHandler.WindowsHelpText': '按住 Ctrl 滚动可缩放地图',
    'CooperativeGesturesHandler.MacHelpText': '按住 ⌘ 滚动可缩放地图',
    'CooperativeGesturesHandler.MobileHelpText': '用两根手指移动地图',
  },
  en: { 'Map.Title': 'Map' },
} as const;

/** Creates the map; throws where there is no WebGL 2. The caller removes it. */
export function createBaseMap(container: HTMLElement, options: BaseMapOptions): MapLibreMap {
  const { bounds, padding, language, scrolls = false } = options;
  const map = new MapLibreMap({
    container,
    style: styleOf(options),
    bounds: [bounds[0], bounds[1], bounds[2], bounds[3]],
    fitBoundsOptions: { padding },
    attributionControl: false,
    cooperativeGestures: scrolls,
    locale: WORDS_OF_MAP[language],
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
    renderWorldCopies: false,
    fadeDuration: 0,
    minZoom: 4,
    maxZoom: 16,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}

function styleOf({
  geo,
  palette,
  scale,
  lit,
}: Pick<BaseMapOptions, 'geo' | 'palette' | 'scale' | 'lit'>): StyleSpecification {
  const isLit = ['in', ['get', 'code'], ['literal', [...lit]]];
  return {
    version: 8,
    sources: {
      counties: sourceOf(geo.counties),
      neighbours: sourceOf(geo.neighbours),
      prefectures: sourceOf(geo.prefectures),
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': palette.land } },
      {
        id: 'province',
        type: 'fill',
        source: 'prefectures',
        paint: { 'fill-color': palette.land, 'fill-antialias': false },
      },
      {
        id: 'neighbour',
        type: 'fill',
        source: 'neighbours',
        paint: { 'fill-color': palette.land, 'fill-antialias': false },
      },
      {
        id: 'neighbour-line',
        type: 'line',
        source: 'neighbours',
        paint: { 'line-color': palette.line, 'line-width': scale },
      },
      {
        id: 'prefecture-line',
        type: 'line',
        source: 'prefectures',
        paint: { 'line-color': palette.line, 'line-width': 1.6 * scale },
      },
      {
        id: 'county',
        type: 'fill',
        source: 'counties',
        paint: {
          'fill-color': ['case', isLit, palette.area, palette.land] as never,
          'fill-antialias': false,
        },
      },
      {
        id: 'county-line',
        type: 'line',
        source: 'counties',
        layout: { 'line-join': 'round' },
        paint: { 'line-color': palette.border, 'line-width': scale },
      },
      {
        id: 'city-line',
        type: 'line',
        source: 'prefectures',
        filter: ['==', ['get', 'code'], '511700'],
        layout: { 'line-join': 'round' },
        paint: { 'line-color': palette.outline, 'line-width': 2 * scale },
      },
    ],
  };
}

const sourceOf = (shapes: Geo['counties']) => ({
  type: 'geojson' as const,
  data: shapes as never,
  tolerance: 0.2,
});
