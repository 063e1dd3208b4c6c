// A dialog over the workbench.

import { useEffect, useRef, type ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

export function Sheet({
  title,
  close,
  children,
}: {
  title: Text;
  close(): void;
  children: ReactNode;
}) {
  const say = useSay();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="sheet" onClose={close}>
      <h2 id="sheet">{say(title)}</h2>
      {children}
      <button type="button" onClick={() => dialog.current?.close()}>
        {say(BENCH_WORDS.close)}
      </button>
    </dialog>
  );
}
