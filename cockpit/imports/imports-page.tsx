// The page of imports: a file is chosen, looked at and run dry; the mapping is mended; then it is taken in. The file
// stays in the browser and is sent again with every step, so that the server keeps nothing of it.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { IMPORT_MEDIA_TYPE } from '../../app/api/import-media-type.ts';
import type { ImportCheck, Imported, ImportList } from '../../app/api/imports.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson, postFile, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { CheckReport } from './check-report.tsx';
import { ColumnTable } from './column-table.tsx';
import { draftOf, mappingOf, type Draft, type Mapping } from './draft-mapping.ts';
import { ImportRows } from './import-rows.tsx';
import { MappingForm } from './mapping-form.tsx';
import { IMPORT_WORDS } from './words.ts';
import styles from './imports-page.module.css';

const MB = 1024 * 1024;

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

const send = <Answer,>(path: string, file: File, mapping: Mapping | undefined): Promise<Answer> => {
  const asked = new URLSearchParams({
    file: file.name,
    ...(mapping && { mapping: JSON.stringify(mapping) }),
  });
  return postFile<Answer>(`${path}?${asked}`, new Blob([file], { type: IMPORT_MEDIA_TYPE }));
};

function Imports() {
  const say = useSay();
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const [draft, setDraft] = useState<Draft>(() => draftOf(null));
  const list = useQuery({
    queryKey: ['imports'],
    queryFn: ({ signal }) => getJson<ImportList>('/api/imports', signal),
  });
  usePage('imports', { ready: list.data !== undefined || list.error !== null });
  const bytesMax = list.data?.bytesMax;
  const isTooLarge = file !== undefined && bytesMax !== undefined && file.size > bytesMax;
  const check = useMutation({
    mutationFn: ({ given, mapping }: { given: File; mapping: Mapping | undefined }) =>
      send<ImportCheck>('/api/imports/check', given, mapping),
    onSuccess: ({ mapping }) => {
      if (mapping) setDraft(draftOf(mapping));
    },
  });
  const take = useMutation({
    mutationFn: ({ given, mapping }: { given: File; mapping: Mapping }) =>
      send<Imported>('/api/imports', given, mapping),
    onSettled: () => queries.invalidateQueries({ queryKey: ['imports'] }),
  });
  const mapping = mappingOf(draft);
  const checked = check.data;
  const isFresh =
    mapping !== undefined &&
    JSON.stringify(mappingOf(draftOf(checked?.mapping ?? null))) === JSON.stringify(mapping);
  const isBusy = check.isPending || take.isPending;
  const mayTake =
    isFresh && checked?.report != null && checked.report.outside === 0 && checked.report.rows > 0;
  const choose = (given: File) => {
    setFile(given);
    setDraft(draftOf(null));
    take.reset();
    check.reset();
    if (bytesMax === undefined || given.size <= bytesMax) {
      check.mutate({ given, mapping: undefined });
    }
  };
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
            {bytesMax !== undefined && (
              <small className={styles.hint}>{say(IMPORT_WORDS.forms(bytesMax / MB))}</small>
            )}
            <input
              ref={input}
              type="file"
              accept=".csv,.tsv,.txt,.xlsx,.parquet"
              hidden
              onChange={(event) => {
                const given = event.target.files?.[0];
                if (given) choose(given);
                event.target.value = '';
              }}
            />
          </div>
          {isBusy && <p role="status">{say(IMPORT_WORDS.reading)}</p>}
          {isTooLarge && (
            <p className={styles.notice} role="alert">
              {say(IMPORT_WORDS.tooLarge)}
            </p>
          )}
          <Refusal error={check.error} />
          <Refusal error={take.error} />
          {take.data && (
            <p className={styles.done} role="status">
              {say(IMPORT_WORDS.done(take.data.report.rows))}
            </p>
          )}
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
                  onClick={() => check.mutate({ given: file, mapping })}
                >
                  {say(IMPORT_WORDS.check)}
                </button>
                <button
                  type="button"
                  disabled={isBusy || !mayTake || take.isSuccess}
                  onClick={() => mapping && take.mutate({ given: file, mapping })}
                >
                  {say(IMPORT_WORDS.take)}
                </button>
                {checked.report && !isFresh && (
                  <small className={styles.hint}>{say(IMPORT_WORDS.changed)}</small>
                )}
              </div>
            </section>
            {checked.report && isFresh && <CheckReport report={checked.report} />}
          </>
        )}
      </main>
      <ImportRows list={list.data} error={list.error} />
    </div>
  );
}

function Refusal({ error }: { error: unknown }) {
  const say = useSay();
  if (!error) return null;
  const { says, detail, hint } = problemIn(error);
  return (
    <div className={styles.notice} role="alert">
      <b>{say(says)}</b>
      {detail && <p className={styles.code}>{detail}</p>}
      {hint && <p>{say(hint)}</p>}
    </div>
  );
}
