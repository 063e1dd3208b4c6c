// A mistake in a rule, with its place below the root of the rule file, so that the loader can name line
// and column.

export class RuleMistake extends Error {
  override readonly name = 'RuleMistake';
  readonly path: readonly (string | number)[];
  /** Characters into the text at `path`; undefined when the whole of it is meant. */
  readonly offset: number | undefined;

  constructor(path: readonly (string | number)[], message: string, offset?: number) {
    super(message);
    this.path = path;
    this.offset = offset;
  }
}
