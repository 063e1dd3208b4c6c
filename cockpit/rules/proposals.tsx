// Changes that wait for a second person. Whoever proposed one cannot approve it, and nobody can without the
// report of a backtest of that very change.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RuleDetail } from '../../app/api/rules.ts';
import type { Me } from '../../app/api/session.ts';
import { postJson, RequestProblem } from '../shared/api.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
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
            {me.role === 'administrator' && (
              <Approval ruleId={rule.id} version={proposal.ruleVersion} />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Approval({ ruleId, version }: { ruleId: string; version: string }) {
  const say = useSay();
  const queries = useQueryClient();
  const [file, setFile] = useState<File>();
  const approve = useMutation({
    mutationFn: async (chosen: File) => {
      const report: unknown = await chosen
        .text()
        .then(JSON.parse)
        .catch(() => {
          throw new RequestProblem(0, { code: 'bad-input', says: RULE_WORDS.notJson });
        });
      const path = `/api/rules/${encodeURIComponent(ruleId)}/approvals`;
      return postJson<RuleDetail>(path, { version, report });
    },
    onSuccess: (detail) => {
      queries.setQueryData(['rules', 'one', ruleId], detail);
      return queries.invalidateQueries({ queryKey: ['rules'], exact: true });
    },
  });
  return (
    <form
      className={styles.approval}
      onSubmit={(event) => {
        event.preventDefault();
        if (file) approve.mutate(file);
      }}
    >
      <label>
        {say(RULE_WORDS.report)}
        <span>{file ? file.name : say(RULE_WORDS.choose)}</span>
        <input
          type="file"
          accept="application/json,.json"
          onChange={(event) => setFile(event.target.files?.[0])}
        />
      </label>
      <button type="submit" className={styles.first} disabled={!file || approve.isPending}>
        {say(RULE_WORDS.approve)}
      </button>
      <Trouble error={approve.error} />
    </form>
  );
}
