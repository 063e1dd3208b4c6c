// Changes that wait for a second person. Whoever proposed one cannot approve it, and nobody can without the
// report of a backtest of that very change.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BacktestList } from '../../app/api/backtests.ts';
import type { RuleDetail } from '../../app/api/rules.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson, postJson, RequestProblem } from '../shared/api.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { backtestPath, navigate } from '../shared/router.ts';
import { periodText } from './backtest/backtest-runs.tsx';
import { listKey, listPath } from './backtest/paths.ts';
import { Panel } from './panel.tsx';
import { Trouble } from './trouble.tsx';
import { RULE_WORDS } from './words.ts';
import styles from './rules-page.module.css';

export function Proposals({ me, rule }: { me: Me; rule: RuleDetail }) {
  const say = useSay();
  return (
    <Panel title={RULE_WORDS.proposals}>
      {rule.proposals.length === 0 && <p className={styles.empty}>{say(RULE_WORDS.noProposals)}</p>}
      <ul className={styles.acts}>
        {rule.proposals.map((proposal) => (
          <li key={`${proposal.ruleVersion} ${proposal.proposedAtMs}`}>
            <b>
              {say(proposal.status === 'retired' ? RULE_WORDS.retires : RULE_WORDS.activates)}{' '}
              <code>{proposal.ruleVersion}</code>
            </b>
            <span>
              {momentText(proposal.proposedAtMs, proposal.proposedAtMs)} ·{' '}
              {say(RULE_WORDS.proposedBy)} {say(proposal.proposedBy)}
            </span>
            {proposal.reason && <q>{proposal.reason}</q>}
            {me.role === 'system-administrator' && (
              <Approval ruleId={rule.id} version={proposal.ruleVersion} />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** What stands for a file in the list of grounds. */
const FILE = 'file';

function Approval({ ruleId, version }: { ruleId: string; version: string }) {
  const say = useSay();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: listKey(ruleId),
    queryFn: ({ signal }) => getJson<BacktestList>(listPath(ruleId), signal),
  });
  const backtests = (data?.jobs ?? []).filter(
    ({ candidate, state }) => candidate.version === version && state === 'done',
  );
  const [chosen, setChosen] = useState<string>();
  const ground = chosen ?? backtests[0]?.id ?? FILE;
  const [file, setFile] = useState<File>();
  const approve = useMutation({
    mutationFn: async () => {
      const path = `/api/rules/${encodeURIComponent(ruleId)}/approvals`;
      const on = ground === FILE ? { report: await readReport(file) } : { backtest: ground };
      return postJson<RuleDetail>(path, { version, ...on });
    },
    onSuccess: (detail) => {
      queries.setQueryData(['rules', 'one', ruleId], detail);
      return queries.invalidateQueries({ queryKey: ['rules'], exact: true });
    },
  });
  const reason = backtests.find(({ id }) => id === ground)?.approvable;
  return (
    <form
      className={styles.approval}
      onSubmit={(event) => {
        event.preventDefault();
        approve.mutate();
      }}
    >
      {backtests.length > 0 && (
        <label>
          {say(RULE_WORDS.ground)}
          <select value={ground} onChange={(event) => setChosen(event.target.value)}>
            {backtests.map((job) => (
              <option key={job.id} value={job.id}>
                {say(RULE_WORDS.backtest)} {periodText(job)}
              </option>
            ))}
            <option value={FILE}>{say(RULE_WORDS.groundFile)}</option>
          </select>
        </label>
      )}
      {ground !== FILE && (
        <a
          className={styles.link}
          href={`${backtestPath(ruleId)}?run=${ground}`}
          onClick={(event) => {
            event.preventDefault();
            navigate(backtestPath(ruleId), { query: { run: ground } });
          }}
        >
          {say(RULE_WORDS.lookAtIt)}
        </a>
      )}
      {reason && reason !== true && <p className={styles.quiet}>{say(reason.says)}</p>}
      {ground === FILE && (
        <label>
          {say(RULE_WORDS.report)}
          <span>{file ? file.name : say(RULE_WORDS.choose)}</span>
          <input
            type="file"
            accept="application/json,.json"
            onChange={(event) => setFile(event.target.files?.[0])}
          />
        </label>
      )}
      <button
        type="submit"
        className={styles.first}
        disabled={(ground === FILE && !file) || approve.isPending}
      >
        {say(RULE_WORDS.approve)}
      </button>
      <Trouble error={approve.error} />
    </form>
  );
}

async function readReport(file: File | undefined): Promise<unknown> {
  try {
    return JSON.parse((await file?.text()) ?? '') as unknown;
  } catch {
    throw new RequestProblem(0, { code: 'bad-input', says: RULE_WORDS.notJson });
  }
}
