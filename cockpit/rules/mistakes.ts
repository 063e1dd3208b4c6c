// What the server said is wrong with a rule, mistake by mistake: `rule.yaml:12:9: params.when: message`.

export type Mistake = {
  readonly line: number;
  readonly column: number;
  /** Where in the rule, `params.when`; undefined for the file as a whole and for broken YAML. */
  readonly path: string | undefined;
  readonly message: string;
};

export function mistakesIn(detail: string | undefined): Mistake[] {
  return (detail ?? '').split('\n').flatMap((one) => {
    const [, line, column, rest = ''] = /^[^\s:]+:(\d+):(\d+): (.*)$/.exec(one.trim()) ?? [];
    if (line === undefined) return [];
    const [, path, message] = /^([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*): (.*)$/.exec(rest) ?? [];
    return [{ line: Number(line), column: Number(column), path, message: message ?? rest }];
  });
}
