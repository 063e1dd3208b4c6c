// How the browser half is built: `vite build cockpit` writes cockpit/dist, which the app serves as is.
// Everything stays same-origin and nothing is inlined, so a strict content security policy holds.

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const BACKEND = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // maplibre, deck.gl and echarts are large by nature and loaded only where they are shown.
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      output: {
        // Vendors change rarely: kept apart, a new build of ours leaves them in the browser's cache.
        codeSplitting: {
          groups: [
            // Everything that loads on demand needs this; without a place of its own it lands in deck.
            { name: 'preload', test: /vite\/preload-helper/, priority: 1 },
            // Side by side, so that the setting is made before zod reads it.
            { name: 'zod', test: /node_modules\/zod\/|shared\/no-eval/, priority: 1 },
            { name: 'maplibre', test: /node_modules\/maplibre-gl/ },
            {
              name: 'deck',
              test: /node_modules\/(@deck\.gl|@luma\.gl|@math\.gl|@loaders\.gl|@probe\.gl|mjolnir)/,
            },
            { name: 'echarts', test: /node_modules\/(echarts|zrender)/ },
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': BACKEND, '/geo': BACKEND },
    fs: { allow: ['..'] },
  },
});
