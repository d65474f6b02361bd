import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Known before the server starts, so that tests can ask the API from the first moment on. */
export const ADMIN_KEY = `pk_${'0123456789abcdef'.repeat(4)}`;

const PROGRAM = process.env.PROMPTORY_TEST_PROGRAM ?? new URL('../../../target/debug/promptory', import.meta.url).pathname;

/** A server of its own, on a free port, with an empty database. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
    /** The address where the first account is made, as the server printed it. */
    readonly welcome: string,
  ) {}

  /** On SQLite, unless a database of PostgreSQL is given. */
  static async start(postgres?: string): Promise<Program> {
    if (!existsSync(PROGRAM)) {
      throw new Error(`${PROGRAM} is not there: run \`cargo xtask test --only browser\`, or build it and set PROMPTORY_TEST_PROGRAM`);
    }
    const folder = mkdtempSync(join(tmpdir(), 'promptory-e2e-'));
    const child = spawn(PROGRAM, ['serve'], {
      cwd: folder,
      env: {
        ...ours(),
        PROMPTORY_DATA_DIR: folder,
        PROMPTORY_LISTEN: '127.0.0.1:0',
        PROMPTORY_ADMIN_KEY: ADMIN_KEY,
        ...(postgres && { PROMPTORY_DATABASE_URL: postgres }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Whatever ends this process ends the server.
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    const log: string[] = [];
    const stderr = createInterface({ input: child.stderr });
    const address = new Promise<string>((found, failed) => {
      stderr.on('line', (line) => {
        log.push(line);
        const { message, address } = fields(line);
        if (message === 'ready' && address) found(address);
      });
      child.once('error', failed);
      child.once('exit', (code) => failed(new Error(`the server ended with ${code}:\n${log.join('\n')}`)));
    });
    const welcome = new Promise<string>((found) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, at] = line.match(/^The first account is made at (\S+)$/) ?? [];
        if (at) found(at);
      });
    });
    return new Program(child, folder, `http://${await address}`, await welcome);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Nothing that configures the server of whoever runs the tests. */
function ours(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PROMPTORY|OTEL)_/.test(name)));
}

function fields(line: string): { message?: string; address?: string } {
  try {
    return (JSON.parse(line) as { fields?: { message?: string; address?: string } }).fields ?? {};
  } catch {
    return {};
  }
}
