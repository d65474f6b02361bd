import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** A new database on the PostgreSQL of the tests; `drop` takes it away again. */
export function database(): { url: string; drop: () => void } {
  const at = process.env.PROMPTORY_TEST_POSTGRES;
  if (!at) {
    throw new Error('PROMPTORY_TEST_POSTGRES is not set: run `cargo xtask test --only browser`, or keep `cargo xtask postgres` running in another terminal and export the line that it prints');
  }
  const name = `e2e_${randomBytes(8).toString('hex')}`;
  const run = (sql: string) => execFileSync('psql', [at, '--quiet', '--command', sql]);
  run(`CREATE DATABASE ${name}`);
  const url = new URL(at);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}
