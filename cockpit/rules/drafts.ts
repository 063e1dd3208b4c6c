// Texts of rules that somebody is changing: kept while the page is open, so that a backtest can be run on
// what stands in the editor and the editor still has it afterwards.

const drafts = new Map<string, string>();

export const draftOf = (ruleId: string): string | undefined => drafts.get(ruleId);

/** Undefined when nothing is changed any more. */
export function keepDraft(ruleId: string, text: string | undefined): void {
  if (text === undefined) drafts.delete(ruleId);
  else drafts.set(ruleId, text);
}
