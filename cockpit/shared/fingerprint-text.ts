// A certificate's fingerprint as people compare it: in groups of four.

export const fingerprintText = (fingerprint: string): string =>
  fingerprint.toUpperCase().replaceAll(/(.{4})(?=.)/g, '$1 ');
