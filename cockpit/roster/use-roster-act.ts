// An act on the roster: what it changes is read anew when it is done.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { postJson } from '../shared/api.ts';

export function useRosterAct<Body, Answer = unknown>(
  path: (body: Body) => string,
  onDone: (answer: Answer) => void = () => {},
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => postJson<Answer>(path(body), body),
    async onSuccess(answer) {
      await queries.invalidateQueries({ queryKey: ['roster'] });
      onDone(answer);
    },
  });
}
