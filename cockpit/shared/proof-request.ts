// Between a request the server wants a fresh proof for and the dialog that asks for it: the request waits, and is
// sent again once the proof was given.

import { useSyncExternalStore } from 'react';

let waiting: ((given: boolean) => void)[] = [];
const listeners = new Set<() => void>();

const announce = () => {
  for (const listener of listeners) listener();
};

/** True once somebody has proven who they are; false when they would not. One dialog serves all who wait. */
export function askForProof(): Promise<boolean> {
  // Without a page that shows the dialog nobody would ever answer.
  if (listeners.size === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    waiting = [...waiting, resolve];
    announce();
  });
}

export function answerProof(given: boolean): void {
  const all = waiting;
  waiting = [];
  for (const resolve of all) resolve(given);
  announce();
}

export const useProofWanted = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
