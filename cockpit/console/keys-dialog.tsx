// The keys of the console, on demand.

import { useSay } from '../shared/language.tsx';
import { Sheet } from './sheet.tsx';
import { CONSOLE_WORDS, KEYS } from './words.ts';
import styles from './keys-dialog.module.css';

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const say = useSay();
  return (
    <Sheet title={CONSOLE_WORDS.keys} onClose={onClose}>
      <dl className={styles.keys}>
        {KEYS.map(([key, says]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{say(says)}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
