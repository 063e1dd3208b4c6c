// What every overlay of deck.gl needs: colours as numbers, and graphics memory given back.

import type { Device } from '@luma.gl/core';

/** Gives the graphics memory back at once instead of when the browser gets round to it. */
export function release(device: Device): void {
  const { gl } = device as Device & { gl?: WebGL2RenderingContext };
  // Otherwise its observers keep the canvas, and with it the page around it.
  device.canvasContext?.destroy();
  device.destroy();
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
}

/** `#rrggbb` as four numbers of 0 to 255. */
export function rgba(hex: string, alpha: number): [number, number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255, alpha];
}
