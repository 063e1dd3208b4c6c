// One byte per subject: the phase of a state machine, a small count. A million subjects fit a cache.

export class SlotBytes {
  /** The bytes by subject number. Take them anew after `reserve`. */
  bytes = new Uint8Array(1_024);

  /** Makes room for subject numbers below `slots`; new places hold zero. */
  reserve(slots: number): void {
    if (slots <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, slots));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  snapshot(slots: number): Uint8Array {
    this.reserve(slots);
    return this.bytes.slice(0, slots);
  }

  restore(saved: Uint8Array): void {
    this.reserve(saved.length);
    this.bytes.set(saved);
  }
}
