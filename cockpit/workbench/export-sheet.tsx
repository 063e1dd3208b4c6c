// A dialog that takes a file away: which format, what for, and for a large one the reason it is asked for with.

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { saveFile } from '../reports/save-file.ts';
import { problemIn, type NamedFile } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { EXPORTS_PATH } from '../shared/router.ts';
import { Sheet } from './sheet.tsx';
import { BENCH_WORDS, FORMAT_NAMES } from './words.ts';
import styles from './workbench-page.module.css';

export function ExportSheet<Format extends keyof typeof FORMAT_NAMES>({
  formats,
  purpose: given,
  take,
  ask,
  close,
}: {
  /** The first is chosen to begin with. */
  formats: readonly [Format, ...Format[]];
  /** To begin with. */
  purpose: string;
  take(chosen: { format: Format; purpose: string }): Promise<NamedFile>;
  /** Asks for what is too large to be taken alone. */
  ask(chosen: { format: Format; purpose: string; reason: string }): Promise<unknown>;
  close(): void;
}) {
  const say = useSay();
  const [format, setFormat] = useState<Format>(formats[0]);
  const [purpose, setPurpose] = useState(given);
  const [reason, setReason] = useState('');
  const taking = useMutation({
    mutationFn: async () => {
      const { file, name } = await take({ format, purpose });
      saveFile(file, name);
    },
  });
  const asking = useMutation({ mutationFn: () => ask({ format, purpose, reason }) });
  const problem = taking.error ? problemIn(taking.error) : undefined;
  const refused = asking.error ? problemIn(asking.error) : undefined;
  return (
    <Sheet title={BENCH_WORDS.export} close={close}>
      <form
        className={styles.saving}
        onSubmit={(event) => {
          event.preventDefault();
          taking.mutate();
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
            minLength={2}
            maxLength={60}
            value={purpose}
            onChange={(event) => setPurpose(event.target.value)}
          />
        </label>
        <p className={styles.hint}>{say(BENCH_WORDS.exportMarked)}</p>
        <button type="submit" disabled={taking.isPending}>
          {say(taking.isPending ? BENCH_WORDS.exporting : BENCH_WORDS.exportNow)}
        </button>
      </form>
      <p role="status">
        {taking.isSuccess && (
          <>
            {say(BENCH_WORDS.exported)} <a href={EXPORTS_PATH}>{say(BENCH_WORDS.toLedger)}</a>
          </>
        )}
      </p>
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)}
          {problem.hint && <> · {say(problem.hint)}</>}
        </p>
      )}
      {problem?.code === 'approval-needed' && (
        <form
          className={styles.saving}
          onSubmit={(event) => {
            event.preventDefault();
            asking.mutate();
          }}
        >
          <label className={styles.field}>
            <span>{say(BENCH_WORDS.exportReason)}</span>
            <input
              required
              minLength={4}
              maxLength={300}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </label>
          <button type="submit" disabled={asking.isPending || asking.isSuccess}>
            {say(BENCH_WORDS.exportAsk)}
          </button>
          <p role="status">
            {asking.isSuccess && (
              <>
                {say(BENCH_WORDS.exportAsked)}{' '}
                <a href={`${EXPORTS_PATH}?part=requests`}>{say(BENCH_WORDS.toRequests)}</a>
              </>
            )}
          </p>
          {refused && (
            <p className={styles.wrong} role="alert">
              {say(refused.says)}
              {refused.hint && <> · {say(refused.hint)}</>}
            </p>
          )}
        </form>
      )}
    </Sheet>
  );
}
