// Leaves that were looked at, and how to derive the alert again.

import { useRef, useState } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import { useDeps } from '../shared/deps.tsx';
import { useSay } from '../shared/language.tsx';
import { Section } from './section.tsx';
import { CONSOLE_WORDS, LEAVE_REASONS } from './words.ts';
import styles from './verify.module.css';

export function LeavesChecked({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  return (
    <Section title={CONSOLE_WORDS.leaves}>
      {alert.checkedLeaves.length === 0 ? (
        <p className={styles.plain}>{say(CONSOLE_WORDS.leavesNone)}</p>
      ) : (
        <ul className={styles.leaves}>
          {alert.checkedLeaves.map(({ leaveId, because }) => (
            <li key={`${leaveId} ${because}`}>
              <b>{leaveId}</b> {say(LEAVE_REASONS[because])}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const COPIED_MS = 2_000;

export function Verify({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const { clock } = useDeps();
  const [copied, setCopied] = useState(false);
  const command = useRef<HTMLElement>(null);

  const copy = async () => {
    setCopied(await copyText(alert.verifyCommand, command.current));
    clock.after(COPIED_MS, () => setCopied(false));
  };

  return (
    <Section title={CONSOLE_WORDS.verify}>
      <div className={styles.verify}>
        <p>{say(CONSOLE_WORDS.verifyHint)}</p>
        <div className={styles.command}>
          <code ref={command}>{alert.verifyCommand}</code>
          <button type="button" onClick={() => void copy()}>
            <span role="status">{say(copied ? CONSOLE_WORDS.copied : CONSOLE_WORDS.copy)}</span>
          </button>
        </div>
        <p className={styles.rule}>
          {say(CONSOLE_WORDS.rule)} {alert.ruleId} · {alert.ruleVersion}
        </p>
      </div>
    </Section>
  );
}

/** Copies where the browser allows it; elsewhere (plain HTTP) selects the text for the reader to copy. */
async function copyText(text: string, element: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (element) getSelection()?.selectAllChildren(element);
    return false;
  }
}
