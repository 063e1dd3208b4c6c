// What an officer looks at personal data for. Opening the console is for handling alerts, which is what every
// request says until another purpose is chosen; the choice holds for the tab's session. A cookie carries it too,
// for the live stream and pictures, which send no header.

import { useSyncExternalStore } from 'react';
import { PURPOSES, type PurposeCode } from '../../app/api/purposes.ts';

const KEY = 'plumbline.purpose';
const COOKIE = 'plumbline_purpose';
const FIRST: PurposeCode = 'alert-handling';

const listeners = new Set<() => void>();

const isCode = (value: string | null): value is PurposeCode =>
  PURPOSES.some(({ code }) => code === value);

function readKept(): PurposeCode {
  try {
    const kept = sessionStorage.getItem(KEY);
    return isCode(kept) ? kept : FIRST;
  } catch {
    return FIRST;
  }
}

let current: PurposeCode | undefined;

/** The purpose of what is asked now. */
export function currentPurpose(): PurposeCode {
  if (current === undefined) {
    current = readKept();
    tellServer(current);
  }
  return current;
}

export function choosePurpose(code: PurposeCode): void {
  current = code;
  try {
    sessionStorage.setItem(KEY, code);
  } catch {
    // Without storage it holds as long as the page.
  }
  tellServer(code);
  for (const listener of listeners) listener();
}

function tellServer(code: PurposeCode): void {
  if (typeof document === 'undefined') return;
  // Over TLS no neighbouring host can set it in our place.
  document.cookie =
    location.protocol === 'https:'
      ? `__Host-${COOKIE}=${code}; path=/; samesite=strict; secure`
      : `${COOKIE}=${code}; path=/; samesite=strict`;
}

export function usePurpose(): PurposeCode {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => currentPurpose(),
  );
}
