// A scale bar of a round length that is about as long as a thumb.

const WISH_PIXELS = 90;
const ROUND = [1, 2, 5] as const;

/** The largest round number of metres that is not longer than wished. */
export function scaleBar(metresPerPixel: number): { metres: number; pixels: number } {
  const wish = metresPerPixel * WISH_PIXELS;
  const magnitude = 10 ** Math.floor(Math.log10(wish));
  const step = ROUND.findLast((one) => one * magnitude <= wish) ?? 1;
  const metres = step * magnitude;
  return { metres, pixels: metres / metresPerPixel };
}
