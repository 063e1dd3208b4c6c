// The auditor's page: how the trail is, what the audit administrator is told of, and the records themselves.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AuditNotices, AuditStatus } from '../../app/api/audit.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { ageText, dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { AuditRecords } from './audit-records.tsx';
import { ReaderNotices } from './reader-notices.tsx';
import { AUDIT_WORDS } from './words.ts';
import styles from './audit-page.module.css';

const LOOK_MS = 15_000;

export function AuditPage({ me }: { me: Me }) {
  const say = useSay();
  const { data: status, error } = useQuery({
    queryKey: ['audit', 'status'],
    queryFn: ({ signal }) => getJson<AuditStatus>('/api/audit', signal),
    refetchInterval: LOOK_MS,
  });
  const inbox = useQuery({
    queryKey: ['audit', 'notices'],
    queryFn: ({ signal }) => getJson<AuditNotices>('/api/audit/notices', signal),
    refetchInterval: LOOK_MS,
  });
  usePage('audit', { ready: status !== undefined || error !== null });
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.audit} />
      <main className={styles.main}>
        {!status && (
          <p role={error ? 'alert' : 'status'}>
            {say(error ? problemIn(error).says : WORDS.loading)}
          </p>
        )}
        {status && (
          <>
            <div className={styles.columns}>
              <State status={status} />
              <Inbox notices={inbox.data?.notices} />
            </div>
            {inbox.data && <ReaderNotices notices={inbox.data.notices} />}
            <AuditRecords status={status} />
          </>
        )}
      </main>
    </div>
  );
}

function State({ status }: { status: AuditStatus }) {
  const say = useSay();
  const queries = useQueryClient();
  const verify = useMutation({
    mutationFn: () => postJson<AuditStatus>('/api/audit/verify', {}),
    onSuccess: (fresh) => queries.setQueryData(['audit', 'status'], fresh),
  });
  const { checkpoint, verified, atMs } = status;
  const findings = verified?.findings ?? [];
  const isLate = checkpoint !== null && atMs - checkpoint.atMs > status.checkpointEveryMs * 2;
  return (
    <section className={styles.box} aria-labelledby="state">
      <h1 id="state">
        <StateMark state={findings.length > 0 ? 'bad' : isLate ? 'warn' : 'ok'} />
        {say(AUDIT_WORDS.state)}
      </h1>
      <dl className={styles.facts}>
        <dt>{say(AUDIT_WORDS.size)}</dt>
        <dd>
          {status.size}
          {status.waiting > 0 && ` · ${say(AUDIT_WORDS.waiting)} ${status.waiting}`}
          {status.archived > 0 && ` · ${say(AUDIT_WORDS.archived)} ${status.archived}`}
        </dd>
        <dt>{say(AUDIT_WORDS.checkpoint)}</dt>
        <dd>
          {checkpoint
            ? `#${checkpoint.number} · ${checkpoint.size} · ${say(dayClockText(checkpoint.atMs))} · ${say(ageText(atMs - checkpoint.atMs))}`
            : say(AUDIT_WORDS.none)}
        </dd>
        <dt>{say(AUDIT_WORDS.verified)}</dt>
        <dd>
          {verified
            ? `${say(dayClockText(verified.atMs))} · ${verified.size}${findings.length === 0 ? ` · ${say(AUDIT_WORDS.fits)}` : ''}`
            : say(AUDIT_WORDS.never)}
          {findings.length > 0 && (
            <ul className={styles.findings}>
              {findings.map((finding) => (
                <li key={`${finding.kind} ${finding.from} ${finding.says.en}`}>
                  {say(finding.says)}
                </li>
              ))}
            </ul>
          )}
        </dd>
        <dt>{say(AUDIT_WORDS.witnesses)}</dt>
        <dd>
          {status.witnesses.length === 0 && (
            <span className={styles.warning}>{say(AUDIT_WORDS.noWitness)}</span>
          )}
          <ul className={styles.plain}>
            {status.witnesses.map((witness) => (
              <li key={witness.name}>
                <StateMark
                  state={
                    witness.outcome === 'refused'
                      ? 'bad'
                      : witness.failingSinceMs !== null
                        ? 'warn'
                        : 'ok'
                  }
                />
                {witness.name}
                {witness.checkpoint !== null &&
                  witness.outcome !== null &&
                  ` · ${say(AUDIT_WORDS[witness.outcome])} #${witness.checkpoint}`}
                {witness.failingSinceMs !== null &&
                  ` · ${say(AUDIT_WORDS.failing)} ${say(ageText(atMs - witness.failingSinceMs))}`}
              </li>
            ))}
          </ul>
        </dd>
        <dt>{say(AUDIT_WORDS.key)}</dt>
        <dd className={styles.code}>
          {status.signing} · {status.hashing} · {status.keyId}
        </dd>
      </dl>
      <p className={styles.acts}>
        <button type="button" disabled={verify.isPending} onClick={() => verify.mutate()}>
          {say(AUDIT_WORDS.verify)}
        </button>
        <a href="/api/audit/key" download>
          {say(AUDIT_WORDS.keyFile)}
        </a>
      </p>
      {verify.error && <p role="alert">{say(problemIn(verify.error).says)}</p>}
    </section>
  );
}

/** What was found about the trail itself; who reads too much stands apart. */
function Inbox({ notices: all }: { notices: AuditNotices['notices'] | undefined }) {
  const say = useSay();
  const queries = useQueryClient();
  const see = useMutation({
    mutationFn: (id: string) => postJson<AuditNotices>(`/api/audit/notices/${id}/seen`, {}),
    onSuccess: (fresh) => queries.setQueryData(['audit', 'notices'], fresh),
  });
  const notices = (all ?? []).filter(({ reader }) => reader === null);
  return (
    <section className={styles.box} aria-labelledby="inbox">
      <h2 id="inbox">{say(AUDIT_WORDS.inbox)}</h2>
      {all && notices.length === 0 && <p className={styles.hint}>{say(AUDIT_WORDS.inboxNone)}</p>}
      <ul className={styles.notices}>
        {notices.map((notice) => (
          <li key={notice.id} data-seen={notice.seenAtMs !== null}>
            <span>{say(notice.says)}</span>
            <span className={styles.hint}>
              {say(dayClockText(notice.atMs))}
              {notice.actorName && ` · ${say(notice.actorName)}`}
              {notice.seenBy && ` · ${say(AUDIT_WORDS.see)} ${say(notice.seenBy)}`}
            </span>
            {notice.seenAtMs === null && (
              <button type="button" disabled={see.isPending} onClick={() => see.mutate(notice.id)}>
                {say(AUDIT_WORDS.see)}
              </button>
            )}
          </li>
        ))}
      </ul>
      {see.error && <p role="alert">{say(problemIn(see.error).says)}</p>}
    </section>
  );
}
