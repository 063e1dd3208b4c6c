// The SQL console: views on the left, a statement with its purpose and the answer in the middle, what was asked
// before on the right. The server decides what may run; this page says so and shows what came of it.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { z } from 'zod';
import type { Me } from '../../app/api/session.ts';
import type {
  sqlAnswerSchema,
  sqlCancelSchema,
  sqlHistorySchema,
  sqlViewsSchema,
} from '../../app/api/sql.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { AnswerTable } from './answer-table.tsx';
import { HistoryList } from './history-list.tsx';
import { TakeAnswer } from './take-answer.tsx';
import { ViewList } from './view-list.tsx';
import { SQL_WORDS } from './words.ts';
import styles from './sql-page.module.css';

type Views = z.infer<typeof sqlViewsSchema>;
type Answer = z.infer<typeof sqlAnswerSchema>;
type History = z.infer<typeof sqlHistorySchema>;

const PURPOSE_LEAST = 2;
const PURPOSE_MOST = 200;
const STATEMENT_MOST = 20_000;
/** The server ends a statement itself; its answer and the copying before it take time as well. */
const RUN_MS_MAX = 90_000;

export function SqlPage({ me }: { me: Me }) {
  const say = useSay();
  const mayRun = me.rights?.includes('sql.run') ?? false;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.sql} />
      {mayRun ? (
        <Console mayExport={me.rights?.includes('sql.export') ?? false} />
      ) : (
        <NoConsole says={[say(SQL_WORDS.mayNot), say(SQL_WORDS.mayNotHint)]} />
      )}
    </div>
  );
}

function NoConsole({ says: [what, hint] }: { says: readonly [string, string] }) {
  usePage('sql', { ready: true });
  return (
    <main className={styles.problem} role="alert">
      <h1>{what}</h1>
      <p>{hint}</p>
    </main>
  );
}

function Console({ mayExport }: { mayExport: boolean }) {
  const say = useSay();
  const queries = useQueryClient();
  const editor = useRef<HTMLTextAreaElement>(null);
  const reason = useRef<HTMLInputElement>(null);
  const [sql, setSql] = useState('');
  const [purpose, setPurpose] = useState('');
  const views = useQuery({
    queryKey: ['sql-views'],
    queryFn: ({ signal }) => getJson<Views>('/api/sql/views', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const history = useQuery({
    queryKey: ['sql-history'],
    queryFn: ({ signal }) => getJson<History>('/api/sql/history', signal),
  });
  const run = useMutation({
    mutationFn: (statement: string) =>
      postJson<Answer>('/api/sql/run', { sql: statement, purpose: purpose.trim() }, RUN_MS_MAX),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sql-history'] }),
  });
  const cancel = useMutation({
    mutationFn: () => postJson<z.infer<typeof sqlCancelSchema>>('/api/sql/cancel', {}),
  });
  usePage('sql', { ready: views.data !== undefined || views.error !== null });
  const mayRun = sql.trim() !== '' && purpose.trim().length >= PURPOSE_LEAST && !run.isPending;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (mayRun) run.mutate(sql);
    // What is missing is where the cursor goes.
    else if (purpose.trim().length < PURPOSE_LEAST) reason.current?.focus();
  };
  /** At the cursor; the cursor goes behind it. */
  const insert = (word: string) => {
    const element = editor.current;
    const at = element?.selectionStart ?? sql.length;
    const end = element?.selectionEnd ?? at;
    const space = at > 0 && !/[\s(,.]$/.test(sql.slice(0, at)) ? ' ' : '';
    setSql(sql.slice(0, at) + space + word + sql.slice(end));
    const behind = at + space.length + word.length;
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(behind, behind);
    });
  };
  return (
    <div className={styles.columns}>
      <ViewList views={views.data} error={views.error} insert={insert} />
      <main className={styles.main}>
        <form
          className={styles.box}
          onSubmit={(event) => {
            event.preventDefault();
            if (mayRun) run.mutate(sql);
          }}
        >
          <p className={styles.hint}>{say(SQL_WORDS.hint)}</p>
          <label className={styles.field}>
            <span>{say(SQL_WORDS.statement)}</span>
            <textarea
              ref={editor}
              className={styles.editor}
              rows={8}
              spellCheck={false}
              autoCapitalize="off"
              maxLength={STATEMENT_MOST}
              placeholder={say(SQL_WORDS.statementHint)}
              value={sql}
              onChange={(event) => setSql(event.target.value)}
              onKeyDown={onKeyDown}
            />
          </label>
          <div className={styles.acts}>
            <label className={styles.purpose}>
              <span>{say(SQL_WORDS.purpose)}</span>
              <input
                ref={reason}
                maxLength={PURPOSE_MOST}
                placeholder={say(SQL_WORDS.purposeHint)}
                value={purpose}
                onChange={(event) => setPurpose(event.target.value)}
                onKeyDown={onKeyDown}
              />
            </label>
            <button type="submit" disabled={!mayRun} title={say(SQL_WORDS.runHint)}>
              {say(SQL_WORDS.run)}
            </button>
            <button type="button" disabled={!run.isPending} onClick={() => cancel.mutate()}>
              {say(SQL_WORDS.cancel)}
            </button>
          </div>
        </form>
        <section className={styles.box} aria-labelledby="answer">
          <h2 id="answer">{say(SQL_WORDS.answer)}</h2>
          {run.isPending ? (
            <p role="status">{say(SQL_WORDS.running)}</p>
          ) : run.error ? (
            <Refusal error={run.error} />
          ) : run.data ? (
            <>
              {mayExport && <TakeAnswer sql={run.variables} purpose={purpose} />}
              <AnswerTable answer={run.data} />
            </>
          ) : (
            <p className={styles.hint}>{say(SQL_WORDS.noAnswer)}</p>
          )}
        </section>
      </main>
      <HistoryList
        statements={history.data?.statements}
        error={history.error}
        reuse={(one) => {
          setSql(one.statement);
          setPurpose(one.purpose);
          editor.current?.focus();
        }}
      />
    </div>
  );
}

function Refusal({ error }: { error: unknown }) {
  const say = useSay();
  const { says, detail, hint } = problemIn(error);
  return (
    <div className={styles.notice} role="alert">
      <b>{say(says)}</b>
      {detail && <p className={styles.code}>{detail}</p>}
      {hint && <p>{say(hint)}</p>}
    </div>
  );
}
