// Quiet after an alert, told as a list of what was wanted and when: what begins in the quiet waits, and is
// told when the quiet is over and it still lasts.

export type Tell = () => void;

export function createQuiet(lastsMs: number, suppressed: (atMs: number) => void) {
  let clearedAtMs = -Infinity;
  const waiting = new Map<string, { untilMs: number; tell: Tell }>();
  return {
    begins(key: string, atMs: number, tell: Tell): void {
      const untilMs = clearedAtMs + lastsMs;
      if (atMs < clearedAtMs || atMs >= untilMs) {
        tell();
        return;
      }
      suppressed(atMs);
      waiting.set(key, { untilMs, tell });
    },
    ends(key: string, atMs: number, tell: Tell): void {
      const one = waiting.get(key);
      waiting.delete(key);
      if (one && atMs < one.untilMs) return;
      one?.tell();
      clearedAtMs = Math.max(clearedAtMs, atMs);
      tell();
    },
    /** Everything up to an instant was seen. */
    seenTo(atMs: number): void {
      for (const [key, { untilMs, tell }] of waiting) {
        if (untilMs > atMs) continue;
        waiting.delete(key);
        tell();
      }
    },
  };
}
