import { Problem } from '$lib/api/problem';
import type { RenderOutput, Version } from '$lib/api/types';
import type { Draft } from '$lib/editor/draft';
import type { Item } from '$lib/editor/places';
import { away, create, findNames, render, renderStored, type Base, type Flags } from './server';

export type Asked = {
  name: string;
  draft: Draft;
  base: Base | undefined;
  dirty: boolean;
  blank: boolean;
  typedNames: readonly string[];
  declare: (names: readonly string[]) => string[];
  /** `full`: also of what may be left out. */
  values: (names: readonly string[], full?: boolean) => string;
  flags: Flags;
};

const AGAIN_MS = 4000;

/** What the server says of the text, while it is typed. What it said before stays until it says something new. */
export class Checks {
  running = $state(false);
  unreachable = $state(false);
  /** What is wrong, each at its place. */
  problems = $state.raw<readonly Item[]>([]);
  /** What is wrong with the values that it is tried with. */
  valueProblems = $state.raw<readonly Item[]>([]);
  /** The version that saving would make. */
  answer = $state.raw<Version | undefined>();
  /** A version with the same content. */
  duplicate = $state.raw<string | undefined>();
  /** The step asked for is smaller than what changed for callers. */
  tooSmall = $state(false);
  /** Anything else that the server refused. */
  refused = $state.raw<Problem | undefined>();
  preview = $state.raw<RenderOutput | undefined>();
  previewOf = $state.raw<{ values: string } | undefined>();
  /** The preview is of an earlier text. */
  stale = $state(false);
  before = $state.raw<RenderOutput | undefined>();
  /** Names that the server found and the page did not, and the reverse. */
  more = $state.raw<readonly string[]>([]);
  fewer = $state.raw<readonly string[]>([]);
  #stop: AbortController | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  stop(): void {
    this.#stop?.abort();
    clearTimeout(this.#again);
    this.running = false;
  }

  async run(asked: Asked): Promise<void> {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    if (asked.blank) {
      this.clear();
      return;
    }
    this.running = true;
    try {
      const names = asked.declare(await this.#names(asked, stop.signal));
      await Promise.all([this.#version(asked, names, stop.signal), this.#render(asked, names, stop.signal)]);
      if (!stop.signal.aborted) this.unreachable = false;
    } catch (thrown) {
      if (stop.signal.aborted) return;
      if (away(thrown)) {
        this.unreachable = true;
        this.#again = setTimeout(() => void this.run(asked), AGAIN_MS);
      } else this.refused = Problem.from(thrown);
    } finally {
      if (!stop.signal.aborted) this.running = false;
    }
  }

  clear(): void {
    this.problems = this.valueProblems = [];
    this.answer = this.duplicate = this.refused = this.preview = this.before = undefined;
    this.tooSmall = false;
  }

  /** From the server; while the text cannot be read, from the page. */
  async #names({ name, draft, typedNames }: Asked, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const found = await findNames(name, draft, signal);
      this.more = found.filter((one) => !typedNames.includes(one));
      this.fewer = typedNames.filter((one) => !found.includes(one));
      return found;
    } catch (thrown) {
      if (signal.aborted || away(thrown)) throw thrown;
      return [...typedNames.filter((one) => !this.fewer.includes(one)), ...this.more];
    }
  }

  async #version(asked: Asked, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { name, draft, flags } = asked;
    const settle = (found: { answer?: Version; problems?: readonly Item[]; refused?: Problem; duplicate?: string; tooSmall?: boolean }) => {
      if (signal.aborted) return;
      this.answer = found.answer;
      this.problems = found.problems ?? [];
      this.refused = found.refused;
      this.duplicate = found.duplicate;
      this.tooSmall = found.tooSmall ?? false;
    };
    if (asked.base && !asked.dirty) return settle({});
    try {
      settle({ answer: await create(name, draft, names, { ...flags, dry_run: true }, signal) });
    } catch (thrown) {
      const problem = Problem.from(thrown);
      if (signal.aborted || away(thrown)) throw thrown;
      if (problem.code === 'duplicate_content') {
        const existing = (problem.body.existing as { version?: string } | undefined)?.version ?? '';
        const answer = await create(name, draft, names, { ...flags, dry_run: true, allow_duplicate: true }, signal);
        settle({ duplicate: existing, answer });
      } else if (problem.code === 'breaking_change') {
        const answer = await create(name, draft, names, { ...flags, dry_run: true, allow_breaking: true, allow_duplicate: true }, signal);
        settle({ tooSmall: true, answer });
      } else if (problem.status === 422) settle({ problems: problem.errors.length > 0 ? problem.errors : [{ pointer: '', detail: problem.detail }] });
      else settle({ refused: problem });
    }
  }

  async #renderFull(draft: Draft, names: readonly string[], values: string, signal: AbortSignal): Promise<void> {
    const preview = await render(draft, names, values, signal).catch(() => undefined);
    if (signal.aborted || !preview) return;
    this.preview = preview;
    this.previewOf = { values };
    this.before = undefined;
    this.stale = false;
  }

  async #render({ name, draft, base, values }: Asked, names: readonly string[], signal: AbortSignal): Promise<void> {
    const given = values(names);
    try {
      const [preview, before] = await Promise.all([render(draft, names, given, signal), base ? renderStored(name, base.version, given, signal) : undefined]);
      if (signal.aborted) return;
      this.preview = preview;
      this.previewOf = { values: given };
      this.before = before;
      this.valueProblems = [];
      this.stale = false;
    } catch (thrown) {
      if (signal.aborted || away(thrown)) throw thrown;
      const problem = Problem.from(thrown);
      this.valueProblems = problem.errors.length > 0 ? problem.errors : [{ pointer: '', detail: problem.detail }];
      this.stale = true;
      const full = values(names, true);
      // Perhaps only what callers may leave out is missing: shown with it, the problem stays said.
      if (full !== given && this.problems.length === 0) await this.#renderFull(draft, names, full, signal);
    }
  }
}
