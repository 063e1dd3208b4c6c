// How many rows of a known height a list has room for. A wall cannot be scrolled, so what does not fit is
// said as a number.

import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** `rowRem` is the height of a row in root ems. */
export function useRowsThatFit<Element extends HTMLElement>(
  rowRem: number,
): { ref: RefObject<Element | null>; rows: number } {
  const ref = useRef<Element>(null);
  const [rows, setRows] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setRows(Math.max(0, Math.floor((element.clientHeight + 1) / (rowRem * rem))));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [rowRem]);
  return { ref, rows };
}
