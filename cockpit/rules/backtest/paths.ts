// Where the server has backtests, and under which names the page keeps its answers.

export const listPath = (ruleId: string): string =>
  `/api/rules/${encodeURIComponent(ruleId)}/backtests`;

export const jobPath = ({ ruleId, id }: { ruleId: string; id: string }): string =>
  `${listPath(ruleId)}/${encodeURIComponent(id)}`;

export const listKey = (ruleId: string) => ['backtests', ruleId] as const;
