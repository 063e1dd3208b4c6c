// A person's identity on the screen: masked as long as nobody gave a reason, in clear for a while after. The
// values live in this component alone; they are forgotten when it goes, when the time is over, and when the
// page is turned away from.

import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type {
  IdentityFieldName,
  Masked,
  Revealed,
  ShownPerson,
} from '../../../app/api/identities.ts';
import { postJson } from '../../shared/api.ts';
import { useDeps } from '../../shared/deps.tsx';

type Clear = { readonly person: ShownPerson; readonly untilMs: number };

export function useIdentity(subject: string) {
  const { clock, serverClock } = useDeps();
  const [clear, setClear] = useState<Clear>();
  const [isAsking, setIsAsking] = useState(false);
  const masked = useQuery({
    queryKey: ['identity', subject],
    queryFn: () => postJson<Masked>('/api/identities/masked', { subjects: [subject] }),
  });
  const reveal = useMutation({
    mutationFn: (body: Record<string, unknown>) =>
      postJson<Revealed>('/api/identities/reveal', { ...body, subjects: [subject] }),
    // Nothing in clear stays in a cache.
    gcTime: 0,
    onSuccess({ persons, shownMs }) {
      const [person] = persons;
      setIsAsking(false);
      if (person) setClear({ person, untilMs: serverClock.now() + shownMs });
      reveal.reset();
    },
  });
  useEffect(() => {
    if (!clear) return;
    const hide = () => setClear(undefined);
    const timer = clock.after(Math.max(0, clear.untilMs - serverClock.now()), hide);
    const onTurned = () => {
      if (document.visibilityState === 'hidden') hide();
    };
    document.addEventListener('visibilitychange', onTurned);
    return () => {
      timer.cancel();
      document.removeEventListener('visibilitychange', onTurned);
    };
  }, [clear, clock, serverClock]);

  return {
    isLoading: masked.isPending,
    error: masked.error,
    masked: masked.data?.persons[0],
    clear,
    isAsking,
    ask: () => setIsAsking(true),
    hide: () => setClear(undefined),
    form: {
      pending: reveal.isPending,
      error: reveal.error,
      onCancel: () => {
        setIsAsking(false);
        reveal.reset();
      },
      onSubmit: (body: Record<string, unknown>) => reveal.mutate(body),
    },
  };
}

/** Fields of a person in the order of the form, those in clear over the masked ones. */
export const rowsOf = (
  masked: ShownPerson,
  clear: ShownPerson | undefined,
  order: readonly IdentityFieldName[],
) =>
  order.flatMap((field) => {
    const damaged = [...masked.unreadable, ...(clear?.unreadable ?? [])].includes(field);
    const value = clear?.values[field] ?? masked.values[field];
    if (value === undefined && !damaged) return [];
    return [{ field, value, isClear: clear?.values[field] !== undefined, damaged }];
  });
