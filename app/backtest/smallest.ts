// Some of many, the same whatever order they come in: ids are hashes, so the smallest are anybody's.

export type Smallest<Item> = {
  offer(item: Item): void;
  /** The chosen ones, by id. */
  chosen(): Item[];
};

export function createSmallest<Item>(max: number, idOf: (item: Item) => string): Smallest<Item> {
  let items: Item[] = [];
  const cut = () => {
    items.sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
    items = items.slice(0, max);
  };
  return {
    offer(item) {
      items.push(item);
      if (items.length >= max * 8) cut();
    },
    chosen() {
      cut();
      return [...items];
    },
  };
}
