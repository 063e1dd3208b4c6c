// Leads to the sign-in page and remembers where one wanted to go.

import { useEffect } from 'react';
import { addressOf, navigate, SIGN_IN_PATH } from './router.ts';
import { Waiting } from './waiting.tsx';

export function ToSignIn() {
  useEffect(() => {
    const next = addressOf(location.pathname, {}, location.search);
    navigate(SIGN_IN_PATH, { query: { next }, replace: true });
  }, []);
  return <Waiting />;
}
