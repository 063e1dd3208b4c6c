// People who look up more than their work explains: what the rules about readers say, on which records of the trail
// it rests, and what became of it.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import type { AuditNoticeAnswer, AuditNotices, NoticeEvidence } from '../../app/api/audit.ts';
import type { Level } from '../../core/finding.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { AuditTable } from './audit-records.tsx';
import { ANSWER_NAMES, AUDIT_WORDS, READER_WORDS } from './words.ts';
import styles from './reader-notices.module.css';
import page from './audit-page.module.css';

type Notice = AuditNoticeAnswer & { readonly reader: NonNullable<AuditNoticeAnswer['reader']> };

const isAboutReader = (notice: AuditNoticeAnswer): notice is Notice => notice.reader !== null;

/** So many that are done stand below those that are not; the others are in the trail. */
const DONE_MAX = 20;

const isDone = ({ reader: { answer } }: Notice) => answer === 'explained' || answer === 'referred';

export function ReaderNotices({ notices }: { notices: readonly AuditNoticeAnswer[] }) {
  const say = useSay();
  const about = notices.filter(isAboutReader);
  const open = about.filter((notice) => !isDone(notice));
  const done = about.filter(isDone).slice(0, DONE_MAX);
  return (
    <section className={page.box} aria-labelledby="readers">
      <h2 id="readers">
        {say(READER_WORDS.title)}
        {open.length > 0 && <span className={styles.count}>{open.length}</span>}
      </h2>
      {about.length === 0 && <p className={page.hint}>{say(READER_WORDS.none)}</p>}
      <ul className={styles.notices}>
        {[...open, ...done].map((notice) => (
          <ReaderNotice key={notice.id} notice={notice} />
        ))}
      </ul>
    </section>
  );
}

function ReaderNotice({ notice }: { notice: Notice }) {
  const say = useSay();
  const [isOpen, setOpen] = useState(false);
  const { reader, actorName, actor } = notice;
  const { level, article, duty, answer, isOwn } = reader;
  const done = isDone(notice);
  const name = useId();
  return (
    <li className={styles.notice} data-done={done} aria-labelledby={name}>
      <LevelMark level={level as Level} open={!done} label={false} />
      <div className={styles.body}>
        <p className={styles.head} id={name}>
          <strong>{actorName ? say(actorName) : actor}</strong>
          <span>{say(notice.says)}</span>
        </p>
        <p className={page.hint}>
          {say(dayClockText(notice.atMs))} · {article}
          {duty && !done && ` · ${say(duty)}`}
        </p>
        <Answered notice={notice} />
        {isOwn && <p className={page.hint}>{say(READER_WORDS.own)}</p>}
        <div className={page.acts}>
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {say(READER_WORDS.evidence)} {reader.entries}
          </button>
          {answer === null && !isOwn && <Acknowledge id={notice.id} />}
        </div>
        {answer !== 'referred' && !isOwn && <AnswerForm notice={notice} />}
        {isOpen && <Evidence id={notice.id} />}
      </div>
    </li>
  );
}

function Answered({ notice }: { notice: Notice }) {
  const say = useSay();
  const { answer, answeredBy, answeredAtMs, reason } = notice.reader;
  if (answer === null) return null;
  const [by, atMs] =
    answer === 'acknowledged' ? [notice.seenBy, notice.seenAtMs] : [answeredBy, answeredAtMs];
  return (
    <p className={styles.answered}>
      <strong>{say(ANSWER_NAMES[answer])}</strong>
      {by && ` · ${say(by)}`}
      {atMs !== null && ` · ${say(dayClockText(atMs))}`}
      {reason !== null && <span className={styles.reason}>{reason}</span>}
    </p>
  );
}

function useAnswer(path: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: object) => postJson<AuditNotices>(path, body),
    onSuccess: (fresh) => queries.setQueryData(['audit', 'notices'], fresh),
  });
}

function Acknowledge({ id }: { id: string }) {
  const say = useSay();
  const see = useAnswer(`/api/audit/notices/${id}/seen`);
  return (
    <>
      <button type="button" disabled={see.isPending} onClick={() => see.mutate({})}>
        {say(AUDIT_WORDS.see)}
      </button>
      {see.error && <span role="alert">{say(problemIn(see.error).says)}</span>}
    </>
  );
}

const REASON_CHARS_MAX = 500;

/** What was explained can still be referred. */
function AnswerForm({ notice: { id, reader } }: { notice: Notice }) {
  const say = useSay();
  const [reason, setReason] = useState('');
  const give = useAnswer(`/api/audit/notices/${id}/answer`);
  const isExplained = reader.answer === 'explained';
  const [isAsked, setAsked] = useState(false);
  if (isExplained && !isAsked) {
    return (
      <p className={page.acts}>
        <button type="button" onClick={() => setAsked(true)}>
          {say(READER_WORDS.referAfterAll)}
        </button>
      </p>
    );
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { value } = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement;
    give.mutate({ answer: value, reason }, { onSuccess: () => setReason('') });
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={say(READER_WORDS.answer)}>
      <label>
        {say(READER_WORDS.reason)}
        <input
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          minLength={2}
          maxLength={REASON_CHARS_MAX}
          autoComplete="off"
          required
        />
      </label>
      <div className={page.acts}>
        {!isExplained && (
          <button type="submit" value="explained" disabled={give.isPending}>
            {say(ANSWER_NAMES.explained)}
          </button>
        )}
        <button type="submit" value="referred" disabled={give.isPending}>
          {say(ANSWER_NAMES.referred)}
        </button>
      </div>
      {give.error && <p role="alert">{say(problemIn(give.error).says)}</p>}
    </form>
  );
}

function Evidence({ id }: { id: string }) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['audit', 'evidence', id],
    queryFn: ({ signal }) => getJson<NoticeEvidence>(`/api/audit/notices/${id}/evidence`, signal),
    // Every look is recorded: it is made when somebody looks, and not again by itself.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <p role="alert">{say(problemIn(error).says)}</p>;
  if (!data) return null;
  return (
    <div className={styles.evidence}>
      <AuditTable records={data.records} label={say(READER_WORDS.evidence)} />
      {data.archived > 0 && (
        <p className={page.hint}>
          {say(READER_WORDS.archived)} {data.archived}
        </p>
      )}
    </div>
  );
}
