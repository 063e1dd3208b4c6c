// A screen that wants to be a wall shows a code in large letters until an administrator has typed it in, then goes
// on to the wall by itself.

import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { KioskCode, KioskState } from '../../app/api/access.ts';
import { text } from '../../core/text.ts';
import { getJson, postJson } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PlumbMark } from '../shared/marks.tsx';
import { WALL_PATH } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import styles from './kiosk-page.module.css';

const W = {
  title: text('大屏登记', 'Enrol this wall'),
  how: text(
    '请系统管理员在“账户与权限 › 大屏终端”中输入以下登记码',
    'Have the system administrator type this code under Accounts and rights › Walls',
  ),
  waiting: text('等待登记，登记后自动进入大屏。', 'Waiting; the wall opens by itself.'),
  only: text(
    '登记后本机只显示统计数字和约一公里精度的点位，不显示个人信息。',
    'This screen will show counts and places about a kilometre coarse, and nobody by name.',
  ),
};

const LOOK_MS = 3_000;

/** Before a code runs out after its ten minutes another one is asked for. */
const CODE_MS = 9 * 60_000;

export function KioskPage() {
  const say = useSay();
  const { data: shown } = useQuery({
    queryKey: ['kiosk', 'code'],
    queryFn: () => postJson<KioskCode>('/api/kiosk', {}),
    refetchInterval: CODE_MS,
    staleTime: CODE_MS,
  });
  const { data: now } = useQuery({
    queryKey: ['kiosk', 'state'],
    queryFn: ({ signal }) => getJson<KioskState>('/api/kiosk', signal),
    refetchInterval: LOOK_MS,
    enabled: shown !== undefined,
  });
  usePage('kiosk', { ready: shown !== undefined });
  useEffect(() => {
    // Loaded anew, so that the wall starts from nothing.
    if (now?.state === 'enrolled') location.assign(WALL_PATH);
  }, [now?.state]);
  return (
    <main className={styles.page}>
      <p className={styles.brand}>
        <PlumbMark /> {say(W.title)}
      </p>
      <p>{say(W.how)}</p>
      <p className={styles.code} aria-live="polite">
        {shown?.code ?? '····-····'}
      </p>
      <p className={styles.hint}>{say(W.waiting)}</p>
      <p className={styles.hint}>{say(W.only)}</p>
    </main>
  );
}
