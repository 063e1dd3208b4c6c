// Points for whoever may not see exact places: about a kilometre coarse, so that a wall in a hall shows where
// people are many, and not at which door one is.

import type { Points } from '../api/wall.ts';

const PER_DEGREE = 100;

const coarse = (degrees: number): number => Math.round(degrees * PER_DEGREE) / PER_DEGREE;

export const coarsened = <Some extends Pick<Points, 'lng' | 'lat'>>(points: Some): Some => ({
  ...points,
  lng: points.lng.map(coarse),
  lat: points.lat.map(coarse),
});
