// Bits of the alarm and status words of 0x0200, as JT/T 808 names them for vehicles. What a bit means on
// a bracelet is the device model's to say; these names are for people who read frames.

/** Alarm word, bit by bit. */
export const ALARM_BITS: Readonly<Record<number, string>> = {
  0: 'emergency',
  1: 'overspeed',
  2: 'fatigue',
  3: 'danger-warning',
  4: 'gnss-fault',
  5: 'antenna-open',
  6: 'antenna-short',
  7: 'main-power-low',
  8: 'main-power-lost',
  9: 'display-fault',
  10: 'speech-fault',
  11: 'camera-fault',
  12: 'card-fault',
  13: 'overspeed-warning',
  14: 'fatigue-warning',
  15: 'illegal-driving',
  16: 'tyre-pressure',
  17: 'right-blind-spot',
  18: 'daily-driving-overtime',
  19: 'parking-overtime',
  20: 'area-passage',
  21: 'route-passage',
  22: 'segment-time',
  23: 'route-deviation',
  24: 'speed-sensor-fault',
  25: 'fuel',
  26: 'stolen',
  27: 'illegal-ignition',
  28: 'illegal-movement',
  29: 'collision',
  30: 'rollover',
  31: 'illegal-door',
};

/** Masks of the status bits the house reads. */
export const STATUS = {
  fixed: 1 << 1,
  south: 1 << 2,
  west: 1 << 3,
  /** Coordinates went through the state's encryption plug-in: unreadable to us. */
  encrypted: 1 << 5,
} as const;

/** Status word, bit by bit, as far as the standard names it for every device. */
export const STATUS_BITS: Readonly<Record<number, string>> = {
  0: 'ignition',
  1: 'fixed',
  2: 'south',
  3: 'west',
  4: 'out-of-service',
  5: 'encrypted',
  10: 'fuel-cut',
  11: 'power-cut',
  12: 'door-locked',
  18: 'gps',
  19: 'beidou',
  20: 'glonass',
  21: 'galileo',
};

/** Names of the bits set in `word`; a bit without a name shows as its number. */
export const bitNames = (word: number, names: Readonly<Record<number, string>>): string[] =>
  Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => ((word >>> bit) & 1) === 1)
    .map((bit) => names[bit] ?? `bit-${bit}`);
