import { tail, type ExecutionFilter } from '$lib/api/executions';
import type { Execution } from '$lib/api/recorded';
import { Problem } from '$lib/api/problem';

const EVERY_MS = 2000;
/** More than anybody reads from the top; older ones are in the list again when it is asked anew. */
const MOST = 1000;

/** What comes in while one looks: held back while somebody reads, so that nothing moves under the pointer. */
export class Follow {
  /** Newest first, above what the list has. */
  shown = $state.raw<readonly Execution[]>([]);
  waiting = $state.raw<readonly Execution[]>([]);
  /** Those that were put on top last. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());
  problem = $state.raw<Problem | undefined>();
  /** There were more than fit. */
  skipped = $state(false);
  #known = new Set<string>();

  /** Asks again and again until the returned function is called. `reading`: what is new waits. */
  begin(filter: ExecutionFilter, reading: () => boolean): () => void {
    let after: string | undefined;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const step = async () => {
      if (!document.hidden) {
        try {
          const found = await tail(filter, after);
          if (stopped) return;
          // The first answer only says where the end is.
          this.#add(found.items, reading());
          if (after !== undefined && found.skipped) this.skipped = true;
          after = found.next;
          this.problem = undefined;
        } catch (thrown) {
          this.problem = Problem.from(thrown);
        }
      }
      if (!stopped) timer = setTimeout(() => void step(), EVERY_MS);
    };
    void step();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }

  /** What waits goes on top. */
  show(): void {
    this.fresh = new Set(this.waiting.map((one) => one.id));
    this.shown = [...this.waiting, ...this.shown].slice(0, MOST);
    this.waiting = [];
  }

  clear(): void {
    [this.shown, this.waiting, this.fresh, this.skipped] = [[], [], new Set(), false];
    this.#known.clear();
  }

  #add(items: readonly Execution[], reading: boolean): void {
    const more = items.filter((one) => !this.#known.has(one.id)).reverse();
    for (const one of more) this.#known.add(one.id);
    if (more.length > 0) this.waiting = [...more, ...this.waiting].slice(0, MOST);
    if (!reading && this.waiting.length > 0) this.show();
  }
}
