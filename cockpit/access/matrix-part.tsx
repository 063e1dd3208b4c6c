// The access matrix as the policy has it at this moment.

import { useQuery } from '@tanstack/react-query';
import type { Matrix } from '../../app/api/access.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { usePage } from '../shared/use-page.ts';
import { ACCESS_WORDS as W, OPERATION_NAMES, POLICY_ROLE_NAMES, SCOPE_WORDS } from './words.ts';
import styles from './access-page.module.css';

export function MatrixPart() {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['access', 'matrix'],
    queryFn: ({ signal }) => getJson<Matrix>('/api/access/matrix', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  usePage('access', { ready: data !== undefined || error !== null });
  if (error && !data) {
    return (
      <p className={styles.wrong} role="alert">
        {say(problemIn(error).says)}
      </p>
    );
  }
  return (
    <main className={styles.matrix}>
      <p className={styles.hint}>{say(W.legend)}</p>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={say(W.matrix)}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say(W.fn)}</th>
              <th scope="col">{say(W.kind)}</th>
              {data?.roles.map(({ role }) => (
                <th key={role} scope="col">
                  {say(POLICY_ROLE_NAMES[role])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data?.functions.map(({ fn, name, operation, personal, sensitive, cells }) => (
              <tr key={fn}>
                <th scope="row" title={fn}>
                  {say(name)}
                </th>
                <td>
                  {say(OPERATION_NAMES[operation])}
                  {personal && <> · {say(W.personal)}</>}
                  {sensitive && <> · {say(W.proof)}</>}
                </td>
                {cells.map((cell, at) => (
                  <td key={data.roles[at]?.role} data-has={cell !== null}>
                    {cell === null ? '—' : say(SCOPE_WORDS[cell])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </main>
  );
}
