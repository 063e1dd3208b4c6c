// Of all that a camera writes into a photo (Exif, CIPA DC-008), the one thing a viewer needs: which side is up.
// Everything else, the place first of all, is dropped; this is written back alone.

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
/** More entries than any camera writes. */
const ENTRIES_MAX = 512;

/** 2 to 8 when the picture is to be turned or mirrored; undefined for upright ones and for what is no TIFF. */
export function readOrientation(tiff: Uint8Array): number | undefined {
  if (tiff.length < 14) return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return undefined;
  const first = view.getUint32(4, little);
  if (first + 2 > tiff.length) return undefined;
  const entries = Math.min(ENTRIES_MAX, view.getUint16(first, little));
  for (let entry = 0; entry < entries; entry++) {
    const at = first + 2 + entry * 12;
    if (at + 12 > tiff.length) return undefined;
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === SHORT && value >= 2 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** A TIFF that says nothing but the orientation. */
export function writeOrientation(orientation: number): Uint8Array {
  const tiff = new Uint8Array(26);
  const view = new DataView(tiff.buffer);
  view.setUint16(0, 0x4d4d);
  view.setUint16(2, 42);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION_TAG);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return tiff;
}
