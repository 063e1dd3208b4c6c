// The persons' points above the base map, drawn by deck.gl straight from the columns of the store, at most
// twice a second. The overlay owns its device: deck's own teardown leaves it alive.

import { ScatterplotLayer } from '@deck.gl/layers';
import { MapLibreOverlay } from '@deck.gl/maplibre';
import type { Device } from '@luma.gl/core';
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Clock } from '../../core/time.ts';
import { POINT_STATE, type PointStore } from '../shared/live/point-store.ts';
import type { Palette } from '../shared/map/base-map.ts';
import { release, rgba } from '../shared/map/graphics.ts';
import { createSpaced } from '../shared/spaced.ts';

/** Points are drawn again no more often than this. */
export const REDRAW_MS_MIN = 500;

export type PointsOverlay = {
  /** Points changed: draw them, now or as soon as the limit allows. */
  refresh(): void;
  destroy(): void;
};

export type PointsOverlayOptions = {
  readonly clock: Clock;
  readonly store: PointStore;
  readonly palette: Palette;
  readonly scale: number;
  /** Called once points have been drawn for the first time. */
  readonly onDrawn: () => void;
};

export function addPointsOverlay(map: MapLibreMap, options: PointsOverlayOptions): PointsOverlay {
  const { clock, store, onDrawn } = options;
  const look = lookOf(options.palette, options.scale);
  let device: Device | undefined;
  let asked = false;
  let drawn = false;

  const overlay = new MapLibreOverlay({
    interleaved: false,
    layers: [],
    useDevicePixels: true,
    onDeviceInitialized: (created) => {
      device = created;
    },
    onAfterRender: () => {
      if (drawn || !asked || store.count === 0) return;
      drawn = true;
      onDrawn();
    },
  });
  map.addControl(overlay);

  const drawing = createSpaced(clock, REDRAW_MS_MIN, () => {
    asked = true;
    overlay.setProps({ layers: layersOf(store, look) });
  });

  return {
    refresh: () => drawing.ask(),
    destroy() {
      drawing.cancel();
      map.removeControl(overlay);
      if (device) release(device);
    },
  };
}

type Look = {
  /** Red, green, blue, alpha by state. */
  readonly colours: readonly (readonly [number, number, number, number])[];
  /** Radius in pixels by state. */
  readonly radii: readonly number[];
};

function lookOf(palette: Palette, scale: number): Look {
  const colours = Array.from({ length: 6 }, () => rgba(palette.calm, 150));
  const radii = Array.from({ length: 6 }, () => 1.7 * scale);
  const set = (state: number, colour: string, alpha: number, radius: number) => {
    colours[state] = rgba(colour, alpha);
    radii[state] = radius * scale;
  };
  set(POINT_STATE.stale, palette.faint, 130, 1.5);
  set(POINT_STATE.onLeave, palette.ok, 230, 2.2);
  set(POINT_STATE.level3, palette.calm, 255, 3.2);
  set(POINT_STATE.level2, palette.warn, 255, 3.2);
  set(POINT_STATE.level1, palette.alarm, 255, 3.6);
  return { colours, radii };
}

function layersOf(store: PointStore, { colours, radii }: Look) {
  const { count, positions, states } = store;
  const colour = new Uint8Array(count * 4);
  const radius = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const state = states[row] as number;
    colour.set(colours[state] ?? (colours[0] as (typeof colours)[number]), row * 4);
    radius[row] = radii[state] ?? (radii[0] as number);
  }
  return [
    new ScatterplotLayer({
      id: 'persons',
      data: {
        length: count,
        attributes: {
          getPosition: { value: positions.subarray(0, count * 2), size: 2 },
          getFillColor: { value: colour, size: 4, normalized: true },
          getRadius: { value: radius, size: 1 },
        },
      },
      radiusUnits: 'pixels',
      stroked: false,
      pickable: false,
    }),
  ];
}
