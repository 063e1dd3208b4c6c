// Timers for the few matters facts speak of: one instant per subject and key, fired in order of instant,
// subject number and key when the watermark reaches them. A heap in which moved timers are left lying.

type Timer = { readonly slot: number; readonly key: string; readonly dueMs: number };

export class KeyedTimers {
  #due = new Map<string, Timer>();
  #heap: Timer[] = [];

  set(slot: number, key: string, dueMs: number): void {
    if (this.dueOf(slot, key) === dueMs) return;
    const timer = { slot, key, dueMs };
    this.#due.set(nameOf(slot, key), timer);
    push(this.#heap, timer);
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#due.size) this.#rebuild();
  }

  cancel(slot: number, key: string): void {
    this.#due.delete(nameOf(slot, key));
  }

  /** The instant set; Infinity when none is. */
  dueOf(slot: number, key: string): number {
    return this.#due.get(nameOf(slot, key))?.dueMs ?? Infinity;
  }

  /** Fires what is due at or before `untilMs` and forgets it. `fire` may set timers, also earlier ones. */
  advance(untilMs: number, fire: (slot: number, key: string, dueMs: number) => void): void {
    for (let next = this.#heap[0]; next && next.dueMs <= untilMs; next = this.#heap[0]) {
      pop(this.#heap);
      const name = nameOf(next.slot, next.key);
      if (this.#due.get(name) !== next) continue;
      this.#due.delete(name);
      fire(next.slot, next.key, next.dueMs);
    }
  }

  /** Fires one timer when it is due before `atMs`, ahead of what happens then. */
  fireBefore(
    slot: number,
    key: string,
    { atMs, fire }: { atMs: number; fire: (slot: number, key: string, dueMs: number) => void },
  ): void {
    for (let dueMs = this.dueOf(slot, key); dueMs < atMs; dueMs = this.dueOf(slot, key)) {
      this.cancel(slot, key);
      fire(slot, key, dueMs);
    }
  }

  snapshot(): unknown {
    return [...this.#due.values()];
  }

  restore(state: unknown): void {
    this.#due = new Map(
      (state as Timer[]).map((timer) => [nameOf(timer.slot, timer.key), { ...timer }]),
    );
    this.#rebuild();
  }

  #rebuild(): void {
    // A sorted list is a heap.
    this.#heap = [...this.#due.values()].sort((a, b) => (before(a, b) ? -1 : 1));
  }
}

const nameOf = (slot: number, key: string) => `${slot} ${key}`;

const before = (a: Timer, b: Timer): boolean =>
  a.dueMs !== b.dueMs ? a.dueMs < b.dueMs : a.slot !== b.slot ? a.slot < b.slot : a.key < b.key;

function push(heap: Timer[], timer: Timer): void {
  let at = heap.push(timer) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(timer, heap[parent] as Timer)) break;
    heap[at] = heap[parent] as Timer;
    at = parent;
  }
  heap[at] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop() as Timer;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child++;
    if (!before(heap[child] as Timer, last)) break;
    heap[at] = heap[child] as Timer;
    at = child;
  }
  heap[at] = last;
}
