// Writes of many at a time: one write runs, and what comes in meanwhile is written together by the next. With
// one transaction for a group instead of one for each, a storm costs the disk little more than a drizzle.

/** Gives a function that adds an item to the next write and resolves, or rejects, with that write. */
export function createGroups<Item>(
  write: (group: readonly Item[]) => Promise<void>,
): (item: Item) => Promise<void> {
  let waiting: Item[] = [];
  let last = Promise.resolve();
  const writeWaiting = async () => {
    // What is done in the same turn of the event loop shares the first write, too.
    await new Promise((resolve) => setImmediate(resolve));
    const group = waiting;
    waiting = [];
    return write(group);
  };
  return (item) => {
    waiting.push(item);
    if (waiting.length === 1) last = last.then(writeWaiting, writeWaiting);
    return last;
  };
}
