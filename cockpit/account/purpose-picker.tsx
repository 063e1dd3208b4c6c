// What personal data is looked at for, chosen where it is used.

import { PURPOSES, type PurposeCode } from '../../app/api/purposes.ts';
import { useSay } from '../shared/language.tsx';
import { choosePurpose, usePurpose } from '../shared/purpose.ts';
import { ACCOUNT_WORDS as W } from './words.ts';

export function PurposePicker({ className }: { className?: string | undefined }) {
  const say = useSay();
  const purpose = usePurpose();
  const fitting = PURPOSES.filter(({ functions }) => functions.includes('alert.read'));
  return (
    <span className={className} title={say(W.purposeWhy)}>
      <select
        aria-label={say(W.purpose)}
        value={purpose}
        onChange={({ target }) => choosePurpose(target.value as PurposeCode)}
      >
        {fitting.map(({ code, name }) => (
          <option key={code} value={code}>
            {say(W.purposeShort)}
            {say(name)}
          </option>
        ))}
      </select>
    </span>
  );
}
