// The page of imports: a file is chosen, looked at and run dry; the mapping is mended; then it is taken in. The file
// stays in the browser and is sent again with every step, so that the server keeps nothing of it.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ImportCheck, Imported, ImportList } from '../../app/api/imports.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { CheckReport } from './check-report.tsx';
import { ColumnTable } from './column-table.tsx';
import { draftOf, mappingOf, type Draft } from './draft-mapping.ts';
import { HowFar } from './how-far.tsx';
import { ImportRows } from './import-rows.tsx';
import { MappingForm } from './mapping-form.tsx';
import { AS_IT_LOOKS, ReadingForm, type Reading } from './reading-form.tsx';
import { TakenIn } from './taken-in.tsx';
import { Cancelled, useSending, type Asked } from './use-sending.ts';
import { IMPORT_WORDS, sizeText } from './words.ts';
import styles from './imports-page.module.css';

const POLL_MS = 700;

export function ImportsPage({ me }: { me: Me }) {
  const say = useSay();
  const mayImport = me.rights?.includes('data.import') ?? false;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.imports} />
      {mayImport ? (
        <Imports />
      ) : (
        <NoImports says={[say(IMPORT_WORDS.mayNot), say(IMPORT_WORDS.mayNotHint)]} />
      )}
    </div>
  );
}

function NoImports({ says: [what, hint] }: { says: readonly [string, string] }) {
  usePage('imports', { ready: true });
  return (
    <main className={styles.problem} role="alert">
      <h1>{what}</h1>
      <p>{hint}</p>
    </main>
  );
}

function Imports() {
  const say = useSay();
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const [draft, setDraft] = useState<Draft>(() => draftOf(null));
  const [reading, setReading] = useState(AS_IT_LOOKS);
  const { sent, send, cancel } = useSending();
  const isSending = sent !== undefined;
  const list = useQuery({
    queryKey: ['imports'],
    queryFn: ({ signal }) => getJson<ImportList>('/api/imports', signal),
    refetchInterval: ({ state }) => (isSending || state.data?.doing ? POLL_MS : false),
  });
  usePage('imports', { ready: list.data !== undefined || list.error !== null });
  const onSettled = () => queries.invalidateQueries({ queryKey: ['imports'] });
  const check = useMutation({
    mutationFn: (asked: Asked) => send<ImportCheck>('/api/imports/check', asked),
    onSuccess: ({ mapping }) => {
      if (mapping) setDraft(draftOf(mapping));
    },
    onSettled,
  });
  const take = useMutation({
    mutationFn: (asked: Asked) => send<Imported>('/api/imports', asked),
    onSettled,
  });
  const bytesMax = file && list.data && mostOf(file, list.data);
  const isTooLarge = file !== undefined && bytesMax !== undefined && file.size > bytesMax;
  const mapping = mappingOf(draft);
  const checked = check.data;
  const isFresh =
    mapping !== undefined &&
    JSON.stringify(mappingOf(draftOf(checked?.mapping ?? null))) === JSON.stringify(mapping);
  const doing = list.data?.doing ?? null;
  const isBusy = isSending || doing !== null;
  const mayTake =
    isFresh && checked?.report != null && checked.report.outside === 0 && checked.report.rows > 0;
  const look = (given: File, how: Reading) => {
    take.reset();
    check.reset();
    setDraft(draftOf(null));
    setReading(how);
    const most = list.data && mostOf(given, list.data);
    if (most === undefined || given.size <= most) {
      check.mutate({ given, mapping: undefined, reading: how });
    }
  };
  const isText = checked ? checked.form.kind === 'text' : check.error !== null;
  return (
    <div className={styles.columns}>
      <main className={styles.main}>
        <section className={styles.box} aria-labelledby="file">
          <h1 id="file">{say(WORDS.imports)}</h1>
          <p className={styles.hint}>{say(IMPORT_WORDS.hint)}</p>
          <div className={styles.acts}>
            <button type="button" disabled={isBusy} onClick={() => input.current?.click()}>
              {say(IMPORT_WORDS.choose)}
            </button>
            {file && <b className={styles.name}>{file.name}</b>}
            <input
              ref={input}
              type="file"
              accept=".csv,.tsv,.txt,.xlsx,.parquet"
              hidden
              onChange={(event) => {
                const given = event.target.files?.[0];
                event.target.value = '';
                if (!given) return;
                setFile(given);
                look(given, AS_IT_LOOKS);
              }}
            />
          </div>
          {list.data && (
            <p className={styles.hint}>
              {say(
                IMPORT_WORDS.forms(
                  sizeText(list.data.bytesMax),
                  sizeText(list.data.workbookBytesMax),
                ),
              )}
            </p>
          )}
          {file && isText && !isTooLarge && (
            <ReadingForm
              reading={reading}
              form={checked?.form.kind === 'text' ? checked.form : undefined}
              disabled={isBusy}
              set={(how) => look(file, how)}
            />
          )}
          {isBusy && <HowFar sent={sent} doing={doing} cancel={isSending ? cancel : undefined} />}
          {isTooLarge && (
            <p className={styles.notice} role="alert">
              {say(IMPORT_WORDS.tooLarge(sizeText(bytesMax)))}
            </p>
          )}
          <Refusal error={check.error} />
          <Refusal error={take.error} />
        </section>
        {checked && file && (
          <>
            <ColumnTable name={file.name} checked={checked} />
            <section className={styles.box} aria-labelledby="mapping">
              <h2 id="mapping">{say(IMPORT_WORDS.mapping)}</h2>
              {checked.mapping === null && (
                <p className={styles.notice}>{say(IMPORT_WORDS.noMapping)}</p>
              )}
              <MappingForm draft={draft} columns={checked.columns} set={setDraft} />
              <div className={styles.acts}>
                <button
                  type="button"
                  disabled={isBusy || mapping === undefined || isFresh}
                  onClick={() => {
                    take.reset();
                    check.mutate({ given: file, mapping, reading });
                  }}
                >
                  {say(IMPORT_WORDS.check)}
                </button>
                <button
                  type="button"
                  disabled={isBusy || !mayTake || take.isSuccess}
                  onClick={() => mapping && take.mutate({ given: file, mapping, reading })}
                >
                  {say(IMPORT_WORDS.take)}
                </button>
                {checked.report && !isFresh && (
                  <small className={styles.hint}>{say(IMPORT_WORDS.changed)}</small>
                )}
              </div>
            </section>
          </>
        )}
        {take.data ? (
          <TakenIn taken={take.data} list={list.data} />
        ) : (
          checked?.report &&
          isFresh && (
            <CheckReport report={checked.report} title={IMPORT_WORDS.report}>
              <p className={styles.hint}>{say(IMPORT_WORDS.dry)}</p>
            </CheckReport>
          )
        )}
      </main>
      <ImportRows list={list.data} error={list.error} />
    </div>
  );
}

/** Whether it is a workbook tells its name here; the server looks at its bytes. */
const mostOf = ({ name }: File, { bytesMax, workbookBytesMax }: ImportList): number =>
  /\.xlsx$/i.test(name) ? workbookBytesMax : bytesMax;

function Refusal({ error }: { error: unknown }) {
  const say = useSay();
  if (!error) return null;
  if (error instanceof Cancelled) {
    return (
      <p className={styles.notice} role="status">
        {say(IMPORT_WORDS.cancelled)}
      </p>
    );
  }
  const { says, detail, hint } = problemIn(error);
  return (
    <div className={styles.notice} role="alert">
      <b>{say(says)}</b>
      {detail && <p className={styles.code}>{detail}</p>}
      {hint && <p>{say(hint)}</p>}
    </div>
  );
}
