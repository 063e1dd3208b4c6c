// Where the cockpit starts in the browser: brings clock, chance and the reader's choices together.

import './shared/no-eval.ts';
import './shared/style/layers.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createUnseededRandom } from '../core/random.ts';
import { systemClock } from '../core/time.ts';
import { App } from './app.tsx';
import { createDeps } from './shared/deps.tsx';
import { createQueries } from './shared/session.ts';
import { createSettings } from './shared/settings.ts';

const root = document.getElementById('app');

if (root) {
  const deps = createDeps(
    {
      clock: systemClock,
      random: createUnseededRandom(),
      settings: createSettings(localStorage, location.search),
    },
    location.search,
  );
  createRoot(root).render(
    <StrictMode>
      <App deps={deps} queries={createQueries()} />
    </StrictMode>,
  );
}
