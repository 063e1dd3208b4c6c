// Reads an archive back by its directory, the way office programs do; for tests.

import { crc32, inflateRawSync } from 'node:zlib';

export function unzip(archive: Buffer): { path: string; content: string }[] {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const parts: { path: string; content: string }[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const path = archive.subarray(at + 46, at + 46 + nameLength).toString();
    const local = archive.readUInt32LE(at + 42);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = inflateRawSync(archive.subarray(from, from + archive.readUInt32LE(at + 20)));
    if (crc32(bytes) !== archive.readUInt32LE(at + 16)) throw new Error(`${path} is damaged`);
    if (bytes.length !== archive.readUInt32LE(at + 24)) throw new Error(`${path} has another size`);
    parts.push({ path, content: bytes.toString() });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return parts;
}
