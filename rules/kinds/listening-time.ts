// Event time less the stretches in which the platform itself heard nothing: the time silence is measured in.

export type Gap = { readonly fromMs: number; readonly untilMs: number };

/** So many gaps are kept as stretches; of older ones only their length matters. */
const GAPS_MAX = 64;

export class ListeningTime {
  #olderMs = 0;
  /** In order of time. */
  #gaps: Gap[] = [];
  /** Of all gaps together, and when the newest ended. */
  #totalMs = 0;
  #endedMs = 0;

  /** Takes in a gap; told twice it counts once. */
  add(gap: Gap): void {
    if (gap.untilMs <= this.#endedMs) return;
    this.#gaps.push(gap);
    this.#totalMs += gap.untilMs - gap.fromMs;
    this.#endedMs = gap.untilMs;
    if (this.#gaps.length <= GAPS_MAX) return;
    const [oldest] = this.#gaps.splice(0, 1) as [Gap];
    this.#olderMs += oldest.untilMs - oldest.fromMs;
  }

  /** How much was listened up to an instant. */
  at(atMs: number): number {
    if (atMs >= this.#endedMs) return atMs - this.#totalMs;
    let listenedMs = atMs - this.#olderMs;
    for (const { fromMs, untilMs } of this.#gaps) {
      if (atMs > fromMs) listenedMs -= Math.min(atMs, untilMs) - fromMs;
    }
    return listenedMs;
  }

  /** The instant at which so much was listened; where that lies in a gap, its end. */
  instantOf(listenedMs: number): number {
    let atMs = listenedMs + this.#olderMs;
    for (const { fromMs, untilMs } of this.#gaps) if (atMs >= fromMs) atMs += untilMs - fromMs;
    return atMs;
  }

  snapshot(): { gapsMs: number; gaps: readonly Gap[] } {
    return { gapsMs: this.#olderMs, gaps: this.#gaps };
  }

  /** States of before have lengths only. */
  restore({ gapsMs, gaps = [] }: { gapsMs: number; gaps?: readonly Gap[] }): void {
    this.#olderMs = gapsMs;
    this.#totalMs = gapsMs;
    this.#gaps = [];
    for (const gap of gaps) this.add(gap);
  }
}
