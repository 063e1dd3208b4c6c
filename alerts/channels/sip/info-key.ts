// Keys that come as SIP INFO instead of sound events: "Signal=1" as most exchanges write it, or the bare key.

const KEY = /^[0-9*#A-D]$/i;

/** The key an INFO speaks of; undefined when it speaks of something else. */
export function keyOfInfo(contentType: string, body: string): string | undefined {
  const kind = contentType.split(';')[0]?.trim().toLowerCase();
  const written =
    kind === 'application/dtmf-relay'
      ? /^\s*signal\s*=\s*(\S+)\s*$/im.exec(body)?.[1]
      : kind === 'application/dtmf'
        ? body.trim()
        : undefined;
  if (written === undefined) return undefined;
  // Some write * and # as the numbers of their events.
  const key = written === '10' ? '*' : written === '11' ? '#' : written;
  return KEY.test(key) ? key.toUpperCase() : undefined;
}
