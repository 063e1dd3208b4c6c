// Leads to the sign-in page and remembers where one wanted to go.

import { useEffect } from 'react';
import { navigate, SIGN_IN_PATH } from './router.ts';
import { Waiting } from './waiting.tsx';

export function ToSignIn() {
  useEffect(() => {
    if (location.pathname === SIGN_IN_PATH) return;
    const next = location.pathname + location.search;
    navigate(SIGN_IN_PATH, { query: { next }, replace: true });
  }, []);
  return <Waiting />;
}
