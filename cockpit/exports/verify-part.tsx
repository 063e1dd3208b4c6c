// A file is dropped in and it is said whether it is ours and unaltered. The file goes to the server, is read and
// forgotten.

import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { VerifiedAnswer } from '../../app/api/exports.ts';
import { isSealGood, sealTexts } from '../../models/export/seal-text.ts';
import { verifiedText } from '../../models/export/verified-text.ts';
import { postFile, problemIn } from '../shared/api.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { usePage } from '../shared/use-page.ts';
import { EntryBox } from './entry-box.tsx';
import { EXPORT_WORDS as W } from './words.ts';
import styles from './exports-page.module.css';

const FILE_BYTES_MAX = 64 * 1024 * 1024;

export function VerifyPart() {
  const say = useSay();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const [tooLarge, setTooLarge] = useState(false);
  usePage('exports', { ready: true });
  const verify = useMutation({
    // Whatever it is, it is bytes to be read: the server decides what they are.
    mutationFn: async (file: File) => ({
      name: file.name,
      answer: await postFile<VerifiedAnswer>(
        '/api/exports/verify',
        new Blob([file], { type: 'application/octet-stream' }),
      ),
    }),
  });
  const take = (file: File | undefined) => {
    if (!file) return;
    setTooLarge(file.size > FILE_BYTES_MAX);
    if (file.size <= FILE_BYTES_MAX) verify.mutate(file);
  };
  return (
    <main className={styles.found}>
      <div
        className={styles.drop}
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          take(event.dataTransfer.files[0]);
        }}
      >
        <p>{say(W.drop)}</p>
        <input
          ref={input}
          type="file"
          className="visually-hidden"
          aria-label={say(W.choose)}
          tabIndex={-1}
          onChange={({ target }) => {
            take(target.files?.[0]);
            target.value = '';
          }}
        />
        <p className={styles.acts}>
          <button type="button" className={styles.go} onClick={() => input.current?.click()}>
            {say(verify.data ? W.another : W.choose)}
          </button>
        </p>
        <p className={styles.hint}>{say(W.dropHint)}</p>
      </div>
      <div aria-live="polite" className={styles.found}>
        {tooLarge && <p className={styles.wrong}>{say(W.tooLarge)}</p>}
        {verify.isPending && <p>{say(W.reading)}…</p>}
        {verify.error && <p className={styles.wrong}>{say(problemIn(verify.error).says)}</p>}
        {verify.data && !verify.isPending && !tooLarge && (
          <Answer name={verify.data.name} answer={verify.data.answer} />
        )}
      </div>
    </main>
  );
}

function Answer({ name, answer }: { name: string; answer: VerifiedAnswer }) {
  const say = useSay();
  const { says, hint } = verifiedText(answer);
  const isGood = answer.is === 'unaltered' && (!answer.seal || isSealGood(answer.seal));
  return (
    <>
      <section className={styles.verdict} data-is={answer.is}>
        <h2>
          <StateMark state={isGood ? 'ok' : answer.is === 'unknown' ? 'warn' : 'bad'} />
          {say(says)}
        </h2>
        <p className={styles.hint}>{say(hint)}</p>
        {answer.seal &&
          sealTexts(answer.seal).map((line) => (
            <p
              key={line.en}
              className={answer.seal && isSealGood(answer.seal) ? styles.hint : styles.wrong}
            >
              {say(line)}
            </p>
          ))}
        <dl className={styles.facts}>
          <dt>{say(W.file)}</dt>
          <dd>
            {name} · {countText(answer.byteCount)} {say(W.bytes)}
          </dd>
          {answer.number !== null && (
            <>
              <dt>{say(W.code)}</dt>
              <dd className={styles.code}>{answer.number}</dd>
            </>
          )}
          <dt>SHA-256</dt>
          <dd className={styles.code}>{answer.sha256}</dd>
          <dt>SM3</dt>
          <dd className={styles.code}>{answer.sm3}</dd>
        </dl>
        {answer.number !== null && answer.is !== 'not-in-ledger' && answer.entry === null && (
          <p className={styles.hint}>{say(W.notYours)}</p>
        )}
      </section>
      {answer.entry && <EntryBox entry={answer.entry} />}
    </>
  );
}
