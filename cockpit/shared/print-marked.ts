// Prints a sheet with its mark: its words are entered in the ledger first, the mark comes back and stands on the
// paper when the browser prints.

import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { PrintedMark, PrintQuestion } from '../../app/api/exports.ts';
import { postJson } from './api.ts';

export type Printing = {
  readonly print: (question: PrintQuestion) => void;
  /** Of the last print, which is on the screen's paper by then. */
  readonly mark: PrintedMark | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
};

export function usePrintMarked(): Printing {
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (question: PrintQuestion) => postJson<PrintedMark>('/api/exports/prints', question),
  });
  const number = data?.number;
  // Painted with the mark before: effects come after.
  useEffect(() => {
    if (number !== undefined) globalThis.print();
  }, [number]);
  return { print: mutate, mark: data, error, isPending };
}

/** The words of an element, also of one that is shown on paper only. */
export const wordsOf = (element: Element | null): string =>
  (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
