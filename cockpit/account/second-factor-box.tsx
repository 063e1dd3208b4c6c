// Setting up codes from the phone: scan, give the first code, write the recovery codes down.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { encode } from 'uqr';
import type { FactorBegun, FactorConfirmed, OwnAccount } from '../../app/api/access.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { recheckSession } from '../shared/session.ts';
import { ACCOUNT_WORDS as W } from './words.ts';
import styles from './account-page.module.css';

export function SecondFactorBox({ account }: { account: OwnAccount }) {
  const say = useSay();
  const queries = useQueryClient();
  const [codes, setCodes] = useState<readonly string[]>();
  const again = async () => {
    await queries.invalidateQueries({ queryKey: ['account'] });
    await recheckSession(queries);
  };
  const begin = useMutation({
    mutationFn: () => postJson<FactorBegun>('/api/account/second-factor/begin', {}),
  });
  const end = useMutation({
    mutationFn: () => postJson('/api/account/second-factor/end', {}),
    onSuccess: again,
  });
  const isOn = account.secondFactorSinceMs !== null;
  const error = begin.error ?? end.error;
  return (
    <section className={styles.box} aria-labelledby="second-factor">
      <h2 id="second-factor">
        {say(W.factor)}
        <span className={styles.state} data-on={isOn}>
          {say(isOn ? W.factorOn : W.factorOff)}
        </span>
      </h2>
      {codes ? (
        <RecoveryCodes
          codes={codes}
          onKept={() => {
            setCodes(undefined);
            begin.reset();
            void again();
          }}
        />
      ) : account.secondFactorSinceMs !== null ? (
        <>
          <p className={styles.hint}>
            {say(W.factorSince)} {momentText(account.secondFactorSinceMs, account.nowMs)} ·{' '}
            {say(W.recoveryLeft)} {account.recoveryCodesLeft}
          </p>
          <div className={styles.acts}>
            <button type="button" disabled={end.isPending} onClick={() => end.mutate()}>
              {say(W.factorEnd)}
            </button>
          </div>
        </>
      ) : begin.data ? (
        <Scan begun={begin.data} onCodes={setCodes} />
      ) : (
        <>
          <p className={styles.hint}>{say(W.factorWhy)}</p>
          <div className={styles.acts}>
            <button
              type="button"
              className={styles.go}
              disabled={begin.isPending}
              onClick={() => begin.mutate()}
            >
              {say(W.factorBegin)}
            </button>
          </div>
        </>
      )}
      {error && (
        <p className={styles.wrong} role="alert">
          {say(problemIn(error).says)}
        </p>
      )}
    </section>
  );
}

function Scan({
  begun: { uri, secret },
  onCodes,
}: {
  begun: FactorBegun;
  onCodes: (codes: readonly string[]) => void;
}) {
  const say = useSay();
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: (given: string) =>
      postJson<FactorConfirmed>('/api/account/second-factor/confirm', { code: given }),
    onSuccess: ({ recoveryCodes }) => onCodes(recoveryCodes),
  });
  const problem = confirm.error ? problemIn(confirm.error) : undefined;
  return (
    <div className={styles.scan}>
      <QrCode value={uri} label={say(W.scan)} />
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate(code);
        }}
      >
        <p>{say(W.scan)}</p>
        <p className={styles.hint}>{say(W.orType)}</p>
        <p className={styles.secret}>{secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</p>
        <label className={styles.field}>
          <span>{say(W.firstCode)}</span>
          <input
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            maxLength={7}
            value={code}
            onChange={({ target }) => setCode(target.value)}
          />
        </label>
        {problem && (
          <p className={styles.wrong} role="alert">
            {say(problem.says)}
            {problem.hint && <> · {say(problem.hint)}</>}
          </p>
        )}
        <div className={styles.acts}>
          <button type="submit" className={styles.go} disabled={confirm.isPending}>
            {say(W.confirm)}
          </button>
        </div>
      </form>
    </div>
  );
}

function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const say = useSay();
  return (
    <>
      <h3>{say(W.codes)}</h3>
      <p className={styles.hint}>{say(W.codesWhy)}</p>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.acts}>
        <button type="button" className={styles.go} onClick={onKept}>
          {say(W.codesKept)}
        </button>
      </div>
    </>
  );
}

/** One path of dark squares on white, whatever the theme: cameras want it so. */
function QrCode({ value, label }: { value: string; label: string }) {
  const { data, size } = encode(value, { border: 3 });
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  return (
    <svg className={styles.code} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
