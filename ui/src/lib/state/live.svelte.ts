import type { QueryClient } from '@tanstack/svelte-query';
import { headers } from '../api/client';

/** One change of the project, as the event stream tells it: what, never the contents. */
export type Change = { kind: string; prompt?: string; environment?: string };

const AGAIN_MS = [500, 1000, 2000, 5000, 10_000];

/** Follows the project and has every page ask anew for what changed, so that two windows stay in step. */
class Live {
  state = $state<'off' | 'connected' | 'reconnecting'>('off');
  /** The number behind the epoch: how many changes the project has seen. */
  revision = $state<number | undefined>();
  #stop: AbortController | undefined;

  follow(project: string, queries: QueryClient): () => void {
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    void this.#run(project, queries, stop.signal);
    return () => stop.abort();
  }

  async #run(project: string, queries: QueryClient, signal: AbortSignal): Promise<void> {
    let failures = 0;
    let known = false;
    while (!signal.aborted) {
      try {
        const response = await fetch('/api/v1/events', {
          headers: { ...headers('GET'), 'X-Project': project, Accept: 'text/event-stream' },
          signal,
        });
        if (!response.ok || !response.body) throw new Error(String(response.status));
        this.state = 'connected';
        failures = 0;
        // Whatever happened while nobody listened.
        if (known) void queries.invalidateQueries();
        known = true;
        for await (const event of events(response.body)) this.#told(event, project, queries);
        throw new Error('the stream ended');
      } catch {
        if (signal.aborted) return;
        this.state = 'reconnecting';
        await pause(AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)] ?? 10_000, signal);
      }
    }
  }

  #told(event: ServerEvent, project: string, queries: QueryClient): void {
    const data = JSON.parse(event.data || '{}') as { revision?: string; changes?: Change[] };
    const number = Number(data.revision?.split(':').at(-1));
    if (Number.isFinite(number)) this.revision = number;
    if (event.name === 'reset') void queries.invalidateQueries();
    if (event.name !== 'commit') return;
    const prompts = new Set((data.changes ?? []).map((change) => change.prompt).filter((name) => name !== undefined));
    void queries.invalidateQueries({
      predicate: ({ queryKey: [of, , prompt] }) => of === project && (typeof prompt !== 'string' || prompts.has(prompt)),
    });
  }
}

type ServerEvent = { name: string; data: string };

/** Server-sent events of a body that is read as it comes: the browser's own reader can send no headers. */
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split(/\r?\n\r?\n/);
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const lines = part.split(/\r?\n/);
      const field = (name: string) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
      if (field('event').length > 0) yield { name: field('event').join(''), data: field('data').join('\n') };
    }
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });

export const live = new Live();

