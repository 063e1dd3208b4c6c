// A figure and its grade as the laboratory writes them: colour, and shape and name beside it, so that nobody has
// to tell colours apart.

import { UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import type { LabInput } from './lab-model.ts';
import { LAB_WORDS } from './words.ts';
import styles from './laboratory-parts.module.css';

export const figureText = (figure: number | null | undefined): string =>
  figure === undefined || figure === null || Number.isNaN(figure) ? UNKNOWN : figure.toFixed(2);

export function GradeMark({ input, grade }: { input: LabInput; grade: number }) {
  const say = useSay();
  const band = input.definition.grading.bands[grade];
  return band ? (
    <span className={styles.grade} data-colour={band.colour}>
      {say(band.name)}
    </span>
  ) : (
    <span className={styles.hint}>{say(LAB_WORDS.noFigure)}</span>
  );
}
