// What one counts for, in one's own words: it goes with every question into the audit trail, and holds for the tab.

const KEY = 'plumbline.workbench-reason';
const FIRST = '统计分析';
export const REASON_CHARS_MAX = 100;

export function keptReason(): string {
  try {
    return sessionStorage.getItem(KEY) ?? FIRST;
  } catch {
    return FIRST;
  }
}

/** Gives what is kept: nothing said is the first reason again. */
export function keepReason(given: string): string {
  const reason = given.trim().slice(0, REASON_CHARS_MAX) || FIRST;
  try {
    sessionStorage.setItem(KEY, reason);
  } catch {
    // Without storage it holds as long as the page.
  }
  return reason;
}
