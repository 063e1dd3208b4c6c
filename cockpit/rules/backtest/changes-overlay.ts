// The marks of the changes above the base map, drawn by deck.gl from an atlas of their shapes. Drawn when
// something changes and not otherwise; the overlay owns its device.

import { IconLayer, ScatterplotLayer } from '@deck.gl/layers';
import { MapLibreOverlay } from '@deck.gl/maplibre';
import type { Device } from '@luma.gl/core';
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Change, ChangeKind } from '../../../app/api/backtests.ts';
import type { Palette } from '../../shared/map/base-map.ts';
import { release, rgba } from '../../shared/map/graphics.ts';
import { CHANGE_SHAPES, changeColours } from './change-shapes.ts';

/** What is drawn. */
export type Shown = {
  readonly changes: readonly Change[];
  readonly sampled: readonly string[];
  readonly chosen: string | undefined;
};

export type ChangesOverlay = {
  show(shown: Shown): void;
  destroy(): void;
};

export function addChangesOverlay(
  map: MapLibreMap,
  palette: Palette,
  {
    onPick,
    onDrawn,
  }: {
    readonly onPick: (change: Change) => void;
    /** Called once all that was first asked for has been drawn. */
    readonly onDrawn: () => void;
  },
): ChangesOverlay {
  let device: Device | undefined;
  let asked = false;
  let drawn = false;
  const atlas = drawAtlas(palette);
  const overlay = new MapLibreOverlay({
    interleaved: false,
    layers: [],
    useDevicePixels: true,
    pickingRadius: 6,
    onDeviceInitialized: (created) => {
      device = created;
    },
    onClick: ({ object }: { object?: Change }) => {
      if (object) onPick(object);
    },
    getCursor: ({ isHovering }: { isHovering: boolean }) => (isHovering ? 'pointer' : 'grab'),
    onAfterRender: () => {
      if (drawn || !asked) return;
      drawn = true;
      onDrawn();
    },
  });
  map.addControl(overlay);
  return {
    show(shown) {
      asked = true;
      overlay.setProps({ layers: layersOf(shown, palette, atlas) });
    },
    destroy() {
      map.removeControl(overlay);
      if (device) release(device);
    },
  };
}

const SIDE = 64;
/** The shape's 24 and room for the rim. */
const BOX = 30;
const KINDS = Object.keys(CHANGE_SHAPES) as ChangeKind[];

/** The shapes side by side, each in its colour with a rim of the land's, so that it stands out anywhere. */
function drawAtlas(palette: Palette): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE * KINDS.length;
  canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const colours = changeColours(palette);
  const scale = SIDE / BOX;
  const rim = ((BOX - 24) / 2) * scale;
  for (const [index, kind] of KINDS.entries()) {
    context.setTransform(scale, 0, 0, scale, index * SIDE + rim, rim);
    context.strokeStyle = palette.land;
    context.lineWidth = 4;
    context.lineJoin = 'round';
    context.stroke(shapeOf(kind));
    context.fillStyle = colours[kind];
    context.fill(shapeOf(kind));
  }
  return canvas;
}

const shapeOf = (kind: ChangeKind): Path2D => new Path2D(CHANGE_SHAPES[kind]);

const MAPPING = Object.fromEntries(
  KINDS.map((kind, index) => [kind, { x: index * SIDE, y: 0, width: SIDE, height: SIDE }]),
);

const MARK_PIXELS = 17;
const RING_PIXELS = 10;

function layersOf({ changes, sampled, chosen }: Shown, palette: Palette, atlas: HTMLCanvasElement) {
  const colours = changeColours(palette);
  const withEvidence = new Set(sampled);
  // Marks with evidence lie on top, so that they can be chosen where many meet.
  const data = [...changes].sort(
    (a, b) => Number(withEvidence.has(a.id)) - Number(withEvidence.has(b.id)),
  );
  const at = ({ place }: Change) => place as [number, number];
  return [
    new IconLayer<Change>({
      id: 'marks',
      data,
      iconAtlas: atlas as never,
      iconMapping: MAPPING,
      getIcon: ({ kind }) => kind,
      getPosition: at,
      getSize: MARK_PIXELS,
      sizeUnits: 'pixels',
      pickable: true,
    }),
    new ScatterplotLayer<Change>({
      id: 'rings',
      data: data.filter(({ id }) => withEvidence.has(id)),
      getPosition: at,
      getRadius: ({ id }) => (id === chosen ? RING_PIXELS * 1.5 : RING_PIXELS),
      getLineWidth: ({ id }) => (id === chosen ? 3 : 1.25),
      getLineColor: ({ kind }) => rgba(colours[kind], 255),
      radiusUnits: 'pixels',
      lineWidthUnits: 'pixels',
      stroked: true,
      filled: false,
      pickable: false,
      updateTriggers: { getRadius: chosen, getLineWidth: chosen },
    }),
  ];
}
