// At the foot of a report: the newest checkpoint of the audit trail as a square code. Printed, it is a witness
// nobody can reach: whoever keeps the sheet can tell whether the trail was rewritten since.

import { useQuery } from '@tanstack/react-query';
import type { AuditMark as Answer } from '../../app/api/audit.ts';
import { localDateTime } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';
import { getJson } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import styles from './audit-mark.module.css';

export function AuditMark() {
  const say = useSay();
  const { data } = useQuery({
    queryKey: ['audit', 'mark'],
    queryFn: ({ signal }) => getJson<Answer>('/api/audit/mark', signal),
  });
  const mark = data?.mark;
  if (!mark) return null;
  const title = text('审计检查点', 'Audit checkpoint');
  return (
    <aside className={styles.mark} aria-label={say(title)}>
      <img src={`data:image/svg+xml,${encodeURIComponent(mark.svg)}`} alt={say(title)} />
      <dl>
        <div>
          <dt>{say(title)}</dt>
          <dd>
            #{mark.number} · {mark.size} · {localDateTime(mark.atMs)}
          </dd>
        </div>
        <div>
          <dt>{say(text('根', 'Root'))}</dt>
          <dd className={styles.code}>{mark.root}</dd>
        </div>
        <div>
          <dt>{say(text('密钥', 'Key'))}</dt>
          <dd className={styles.code}>{mark.keyId}</dd>
        </div>
      </dl>
    </aside>
  );
}
