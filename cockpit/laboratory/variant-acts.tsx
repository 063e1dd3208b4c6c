// What can be done with a variant as a whole: kept as a definition file, taken back, compared with another one.

import { useRef, useState } from 'react';
import { text, type Text } from '../../core/text.ts';
import type { IndexPlan } from '../../models/composite/index-plan.ts';
import { useSay } from '../shared/language.tsx';
import { saveFile } from '../reports/save-file.ts';
import { readDefinition, writeDefinition } from './definition-file.ts';
import type { LabInput, Variant } from './lab-model.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-page.module.css';

/** What is compared with. */
export type Base =
  | { readonly kind: 'official' }
  | { readonly kind: 'variant'; readonly name: Text; readonly variant: Variant }
  /** Another tree or other indicators: nothing to move, but ranks to compare with. */
  | { readonly kind: 'definition'; readonly name: Text; readonly plan: IndexPlan };

export function VariantActs({
  input,
  variant,
  official,
  base,
  isWrong,
  setVariant,
  setBase,
}: {
  input: LabInput;
  variant: Variant;
  official: Variant;
  base: Base;
  isWrong: boolean;
  setVariant(variant: Variant): void;
  setBase(base: Base): void;
}) {
  const say = useSay();
  const file = useRef<HTMLInputElement>(null);
  const [refusal, setRefusal] = useState<{ says: Text; mistakes: readonly string[] }>();
  const save = () =>
    saveFile(
      new Blob([writeDefinition(input, variant)], { type: 'application/yaml' }),
      `${input.definition.id}-variant.yaml`,
    );
  const open = async (given: File) => {
    const read = readDefinition(input, given.name, await given.text());
    setRefusal(read.kind === 'refused' ? read : undefined);
    if (read.kind === 'refused') return;
    const name = text(`文件 ${given.name}`, `file ${given.name}`);
    setBase(
      read.variant
        ? { kind: 'variant', name, variant: read.variant }
        : { kind: 'definition', name, plan: read.plan },
    );
  };
  return (
    <>
      <div className={styles.acts}>
        <button type="button" onClick={save} disabled={isWrong}>
          {say(LAB_WORDS.save)}
        </button>
        <button type="button" onClick={() => file.current?.click()}>
          {say(LAB_WORDS.load)}
        </button>
        <button
          type="button"
          onClick={() => setBase({ kind: 'variant', name: LAB_WORDS.pinned, variant })}
        >
          {say(LAB_WORDS.pin)}
        </button>
        {base.kind === 'variant' && (
          <button
            type="button"
            onClick={() => {
              setVariant(base.variant);
              setBase({ ...base, name: LAB_WORDS.pinned, variant });
            }}
          >
            {say(LAB_WORDS.swap)}
          </button>
        )}
        <button
          type="button"
          onClick={() => {
            setVariant(official);
            setBase({ kind: 'official' });
            setRefusal(undefined);
          }}
        >
          {say(LAB_WORDS.reset)}
        </button>
        <input
          ref={file}
          type="file"
          accept=".yaml,.yml,application/yaml"
          hidden
          onChange={(event) => {
            const given = event.target.files?.[0];
            if (given) void open(given);
            event.target.value = '';
          }}
        />
      </div>
      {isWrong && <p className={styles.notice}>{say(LAB_WORDS.cannotSave)}</p>}
      {base.kind === 'definition' && <p className={styles.hint}>{say(LAB_WORDS.otherShape)}</p>}
      {refusal && (
        <div className={styles.notice} role="alert">
          <b>{say(refusal.says)}</b>
          <ul className={styles.mistakes}>
            {refusal.mistakes.slice(0, 5).map((mistake) => (
              <li key={mistake}>{mistake}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
