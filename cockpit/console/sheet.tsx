// A modal dialog: in the middle of a desk's screen, a sheet from below on a phone. The browser's own
// dialog keeps the focus inside and closes on Escape; `data-first-focus` marks what has it first.

import { useEffect, useId, useRef, type ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import { CONSOLE_WORDS } from './words.ts';
import styles from './sheet.module.css';

export function Sheet({
  title,
  onClose,
  children,
}: {
  title: Text;
  onClose: () => void;
  children: ReactNode;
}) {
  const say = useSay();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={styles.sheet}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={styles.body}>
        <header className={styles.head}>
          <h2 id={id}>{say(title)}</h2>
          <button type="button" aria-label={say(CONSOLE_WORDS.cancel)} onClick={onClose}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M5 5l14 14M19 5L5 19" />
            </svg>
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
