// What the episodes of the script do to the people in them and to their devices.

import type { Apparition, Episode, Span } from './episode.ts';
import type { Journey } from './journey.ts';
import type { Person } from './person.ts';

export type Staged = {
  /** Takes in the episodes that are new at the end of a list that only grows. */
  add(episodes: readonly Episode[]): void;
  journeysOf(person: number): readonly Journey[];
  isSilent(person: Person, atMs: number): boolean;
  isTampered(person: Person, atMs: number): boolean;
  apparition(person: Person, atMs: number): Apparition | undefined;
};

export function createStaged(): Staged {
  let added = 0;
  const byPerson = new Map<number, Episode[]>();
  const journeys = new Map<number, Journey[]>();

  const find = <Any extends Span>(
    person: Person,
    atMs: number,
    spansOf: (episode: Episode) => readonly Any[],
  ): Any | undefined => {
    for (const episode of byPerson.get(person.index) ?? []) {
      const span = spansOf(episode).find(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
      if (span) return span;
    }
    return undefined;
  };

  return {
    add(episodes) {
      for (; added < episodes.length; added++) {
        const episode = episodes[added] as Episode;
        append(byPerson, episode.person, [episode]);
        append(journeys, episode.person, episode.journeys);
        for (const other of episode.others) append(journeys, other.person, other.journeys);
      }
    },
    journeysOf: (person) => journeys.get(person) ?? [],
    isSilent: (person, atMs) => find(person, atMs, ({ silences }) => silences) !== undefined,
    isTampered: (person, atMs) => find(person, atMs, ({ tampers }) => tampers) !== undefined,
    apparition: (person, atMs) => find(person, atMs, ({ apparitions }) => apparitions),
  };
}

function append<Item>(lists: Map<number, Item[]>, key: number, items: readonly Item[]): void {
  if (items.length === 0) return;
  const list = lists.get(key);
  if (list) list.push(...items);
  else lists.set(key, [...items]);
}
