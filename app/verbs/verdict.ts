// What a check of `plumbline doctor` finds.

export type Verdict = {
  readonly state: 'ok' | 'warn' | 'bad';
  readonly says: string;
  readonly todo?: string;
};

export type Check = { readonly name: string; look(): Promise<Verdict> | Verdict };
