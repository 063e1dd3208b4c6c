// What is taken away from an answer: a link, or a file with its mark.

import { useMutation } from '@tanstack/react-query';
import { useState, type RefObject } from 'react';
import type { ExportView, VIEW_FORMATS } from '../../app/api/saved-views.ts';
import { queryOf, type View } from '../../models/workbench/view-state.ts';
import { saveFile } from '../reports/save-file.ts';
import { postForFile, postJson, problemIn } from '../shared/api.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { Sheet } from './sheet.tsx';
import { BENCH_WORDS, FORMAT_NAMES } from './words.ts';
import styles from './workbench-page.module.css';

type Format = (typeof VIEW_FORMATS)[number];

/** Gives chart or map as a PNG. */
export type Picture = () => Promise<Blob | undefined>;

type Given = {
  readonly view: View;
  /** A scheduled view, whose figures are fixed. */
  readonly report: string | undefined;
  readonly reason: string;
  readonly picture: RefObject<Picture | undefined>;
};

export function TakeAway(given: Given) {
  const say = useSay();
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const [isOpen, setOpen] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(location.href).then(
      () => setCopied('yes'),
      () => setCopied('no'),
    );
  return (
    <span className={styles.acts}>
      <button type="button" onClick={() => setOpen(true)}>
        {say(BENCH_WORDS.export)}
      </button>
      <button type="button" onClick={() => void copy()}>
        {say(BENCH_WORDS.copyLink)}
      </button>
      <span role="status">
        {copied && say(copied === 'yes' ? BENCH_WORDS.copied : BENCH_WORDS.copyAway)}
      </span>
      {isOpen && <ExportSheet {...given} close={() => setOpen(false)} />}
    </span>
  );
}

function ExportSheet({ view, report, reason, picture, close }: Given & { close(): void }) {
  const say = useSay();
  const language = useLanguage();
  const [format, setFormat] = useState<Format>('xlsx');
  const [purpose, setPurpose] = useState(reason);
  const [because, setBecause] = useState('');
  const formats: readonly Format[] =
    view.chart === 'table' ? ['xlsx', 'csv', 'pdf'] : ['xlsx', 'csv', 'pdf', 'png'];
  const asked = (): Omit<ExportView, 'picture'> => ({
    query: `?${new URLSearchParams(queryOf(view))}`,
    ...(report === undefined ? {} : { report }),
    format,
    language,
    purpose,
  });
  const take = useMutation({
    mutationFn: async () => {
      const drawn = format === 'png' ? await picture.current?.() : undefined;
      const { file, name } = await postForFile('/api/views/export', {
        ...asked(),
        ...(drawn ? { picture: await base64Of(drawn) } : {}),
      });
      saveFile(file, name);
    },
  });
  const ask = useMutation({
    mutationFn: () => postJson('/api/views/export-requests', { ...asked(), reason: because }),
  });
  const problem = take.error ? problemIn(take.error) : undefined;
  const refused = ask.error ? problemIn(ask.error) : undefined;
  const isLarge = problem?.code === 'approval-needed';
  return (
    <Sheet title={BENCH_WORDS.export} close={close}>
      <form
        className={styles.saving}
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate();
        }}
      >
        <fieldset className={styles.choices} data-short="true">
          <legend>{say(BENCH_WORDS.format)}</legend>
          {formats.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="format"
                checked={format === one}
                onChange={() => setFormat(one)}
              />
              {say(FORMAT_NAMES[one])}
            </label>
          ))}
        </fieldset>
        <label className={styles.field}>
          <span>{say(BENCH_WORDS.exportPurpose)}</span>
          <input
            required
            maxLength={60}
            value={purpose}
            onChange={(event) => setPurpose(event.target.value)}
          />
        </label>
        <p className={styles.hint}>{say(BENCH_WORDS.exportMarked)}</p>
        <button type="submit" disabled={take.isPending}>
          {say(take.isPending ? BENCH_WORDS.exporting : BENCH_WORDS.exportNow)}
        </button>
      </form>
      <p role="status">{take.isSuccess && say(BENCH_WORDS.exported)}</p>
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)} {problem.hint && say(problem.hint)}
        </p>
      )}
      {isLarge && (
        <form
          className={styles.saving}
          onSubmit={(event) => {
            event.preventDefault();
            ask.mutate();
          }}
        >
          <label className={styles.field}>
            <span>{say(BENCH_WORDS.exportReason)}</span>
            <input
              required
              maxLength={300}
              value={because}
              onChange={(event) => setBecause(event.target.value)}
            />
          </label>
          <button type="submit" disabled={ask.isPending || ask.isSuccess}>
            {say(BENCH_WORDS.exportAsk)}
          </button>
          <p role="status">{ask.isSuccess && say(BENCH_WORDS.exportAsked)}</p>
          {refused && (
            <p className={styles.wrong} role="alert">
              {say(refused.says)} {refused.hint && say(refused.hint)}
            </p>
          )}
        </form>
      )}
    </Sheet>
  );
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
