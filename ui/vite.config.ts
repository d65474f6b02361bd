import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** In development the API is a server that already runs: `npm run dev` beside `cargo xtask run`. */
const server = process.env.PROMPTORY_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $lib: new URL('./src/lib', import.meta.url).pathname } },
  build: {
    target: 'es2023',
    // A strict Content-Security-Policy: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': { target: server }, '/readyz': { target: server } } },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
});
