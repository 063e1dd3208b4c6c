// What a stage says about one item of the stream. Bad data never throws: it gets an outcome with a
// reason code, the stage counts it and moves on.

export type Outcome<Value, Reason extends string = string> =
  | { readonly kind: 'ok'; readonly value: Value }
  /** Refused or superfluous: counted, never kept. */
  | { readonly kind: 'drop'; readonly reason: Reason }
  /** Admitted but not usable: kept among the dead letters until it is replayed or expires. */
  | { readonly kind: 'dead'; readonly reason: Reason; readonly detail: string };

export const ok = <Value>(value: Value): Outcome<Value, never> => ({ kind: 'ok', value });

export const drop = <Reason extends string>(reason: Reason): Outcome<never, Reason> => ({
  kind: 'drop',
  reason,
});

export const dead = <Reason extends string>(
  reason: Reason,
  detail: string,
): Outcome<never, Reason> => ({ kind: 'dead', reason, detail });
