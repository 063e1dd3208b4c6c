// Throws a finished backtest away.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { BacktestJobAnswer } from '../../../app/api/backtests.ts';
import { deletePath } from '../../shared/api.ts';
import { useSay } from '../../shared/language.tsx';
import { Trouble } from '../trouble.tsx';
import { jobPath, listKey } from './paths.ts';
import { BACKTEST_WORDS } from './words.ts';

export function DiscardButton({ job }: { job: BacktestJobAnswer }) {
  const say = useSay();
  const queries = useQueryClient();
  const discard = useMutation({
    mutationFn: () => deletePath(jobPath(job)),
    onSettled: () => queries.invalidateQueries({ queryKey: listKey(job.ruleId), exact: true }),
  });
  return (
    <>
      <button type="button" disabled={discard.isPending} onClick={() => discard.mutate()}>
        {say(BACKTEST_WORDS.discard)}
      </button>
      <Trouble error={discard.error} />
    </>
  );
}
