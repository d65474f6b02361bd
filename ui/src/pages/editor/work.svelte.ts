import type { Prompt, Version } from '$lib/api/types';
import { body, copy, declared, empty, isSlot, nextId, NEW, renumbered, same, used, type Block, type Details, type Draft, type Kind } from '$lib/editor/draft';
import { dropDraft, keepDraft, readDraft, recallDraft, TAB, type Kept } from '$lib/editor/kept';
import { isSimple as simple, objectOf, standIn, typeOf, typeWord } from '$lib/editor/samples';
import { found, type Found } from '$lib/editor/variables';
import { Checks } from './checks.svelte';
import { create, type Base, type Flags } from './server';

const CHECK_MS = 350;
const KEEP_MS = 250;

/** One prompt being edited: the text, the version it began from, and what the server says of it. */
export class Work {
  readonly name: string;
  readonly kind: Kind;
  readonly #key: string;
  draft = $state<Draft>(empty('text'));
  base = $state.raw<Base | undefined>();
  /** Values to try it with, as JSON. */
  values = $state<Record<string, string>>({});
  bump = $state('auto');
  allowDuplicate = $state(false);
  /** Why something that looks like a secret may be stored. */
  secretReason = $state('');
  /** The newest version that this page knows of; a newer one is news. */
  seen = $state(0);
  keptAt = $state<string | undefined>();
  /** Another tab wrote the draft after this one. */
  elsewhere = $state(false);
  /** The version that the address asked for, while a kept draft came back instead. */
  instead = $state<string | undefined>();
  /** The browser did not keep it. */
  lost = $state(false);
  readonly checks = new Checks();
  #written = '';
  #timers: { check?: ReturnType<typeof setTimeout>; keep?: ReturnType<typeof setTimeout> } = {};

  readonly pristine = $derived.by(() => this.base?.draft ?? empty(this.kind));
  readonly dirty = $derived.by(() => !same(this.draft, this.pristine));
  readonly blank = $derived.by(() => this.draft.blocks.every((block) => !isSlot(block) && block.text === ''));
  readonly found = $derived.by<Map<string, Found>>(() => {
    const all = this.draft.blocks.flatMap((block) => (isSlot(block) ? [] : found(block.text, this.draft.template)));
    const merged = new Map<string, Found>();
    for (const one of all) {
      const before = merged.get(one.name);
      merged.set(one.name, before ? { name: one.name, fields: [...new Set([...before.fields, ...one.fields])], list: before.list || one.list } : one);
    }
    return merged;
  });
  readonly names = $derived.by(() => {
    const typed = used(this.draft).filter((name) => !this.checks.fewer.includes(name));
    return [...new Set([...typed, ...this.checks.more])];
  });
  readonly declared = $derived.by(() => declared(this.draft, this.names));
  readonly fresh = $derived.by(() => (this.base ? this.declared.filter((name) => !this.pristine.order.includes(name)) : []));
  readonly slots = $derived.by(() => this.draft.blocks.filter(isSlot).map((block) => block.slot));
  /** Changes with everything that is sent or kept. */
  readonly print = $derived.by(() => body(this.draft, this.declared, { kept: this.draft.kept, bump: this.bump, allow_duplicate: this.allowDuplicate, allow_secret: this.secretReason }));

  constructor(prompt: Prompt, key: string, base: Base | undefined, kept: Kept | undefined) {
    this.name = prompt.name;
    this.kind = prompt.kind as Kind;
    this.#key = key;
    this.base = base;
    this.seen = kept?.seen ?? prompt.latest?.sequence ?? 0;
    this.draft = kept ? renumbered(kept.draft) : base ? renumbered(copy(base.draft)) : empty(this.kind);
    this.values = kept?.values ?? {};
    this.keptAt = kept?.at;
    if (kept) this.#written = this.print + JSON.stringify(this.values) + this.draft.note;
  }

  details(name: string): Details {
    return this.draft.details[name] ?? NEW;
  }

  describe(name: string, change: Partial<Details>): void {
    this.draft.details[name] = { ...this.details(name), ...change };
  }

  /** The value that the preview uses; where none was given, something that fits. */
  valueOf(name: string, full = false): { json: string; given: boolean } | undefined {
    const given = this.values[name];
    if (given !== undefined) return { json: given, given: true };
    const details = this.details(name);
    if (details.fallback || (!details.required && !full)) return undefined;
    return { json: standIn(name, details, this.found.get(name), this.slots.includes(name)), given: false };
  }

  /** A value to try it with, as JSON; empty: none. */
  try(name: string, json: string): void {
    const rest = Object.entries(this.values).filter(([one]) => one !== name);
    this.values = Object.fromEntries(json === '' ? rest : [...rest, [name, json]]);
    this.changed();
  }

  /** After every change: keeps it, and asks the server once typing pauses. */
  changed(): void {
    clearTimeout(this.#timers.check);
    clearTimeout(this.#timers.keep);
    this.#timers.check = setTimeout(() => void this.check(), CHECK_MS);
    this.#timers.keep = setTimeout(() => this.keep(), KEEP_MS);
  }

  keep(): void {
    clearTimeout(this.#timers.keep);
    if (!this.dirty) {
      this.#written = '';
      if (this.keptAt !== undefined) dropDraft(this.#key);
      this.keptAt = undefined;
      this.lost = false;
      return;
    }
    // What was not touched since is not written again: another tab may have written meanwhile.
    const now = this.print + JSON.stringify(this.values) + this.draft.note;
    if (now === this.#written) return;
    const at = new Date().toISOString();
    const kept = keepDraft(this.#key, { draft: this.draft, base: this.base?.version ?? null, values: this.values, seen: this.seen, at, tab: TAB });
    this.lost = !kept;
    if (!kept) return;
    this.keptAt = at;
    this.#written = now;
  }

  /** Another tab wrote the draft of this prompt. */
  told(event: StorageEvent): void {
    if (event.key !== `promptory.${this.#key}`) return;
    const other = readDraft(event.newValue);
    if (other && other.tab !== TAB) this.elsewhere = true;
    else if (!event.newValue) this.elsewhere = false;
  }

  /** Goes on with what the other tab wrote. */
  takeOver(): void {
    const other = recallDraft(this.#key);
    if (other) {
      this.draft = renumbered(other.draft);
      this.values = other.values;
      this.keptAt = other.at;
      this.#written = this.print + JSON.stringify(this.values) + this.draft.note;
    }
    this.elsewhere = false;
  }

  keepMine(): void {
    this.#written = '';
    this.elsewhere = false;
    this.keep();
  }

  close(): void {
    this.keep();
    clearTimeout(this.#timers.check);
    this.checks.stop();
  }

  flags(): Flags {
    return {
      bump: this.bump === 'auto' ? undefined : this.bump,
      allow_duplicate: this.allowDuplicate || undefined,
      allow_secret: this.secretReason || undefined,
    };
  }

  /** The server has not yet said anything of the text as it is now. */
  get unchecked(): boolean {
    return this.checks.running || this.#timers.check !== undefined;
  }

  check(): Promise<void> {
    clearTimeout(this.#timers.check);
    this.#timers.check = undefined;
    return this.checks.run({
      name: this.name,
      draft: copy(this.draft),
      base: this.base,
      dirty: this.dirty,
      blank: this.blank,
      typedNames: used(this.draft),
      declare: (names) => declared(this.draft, names),
      values: (names, full) => objectOf(Object.fromEntries(names.flatMap((name) => { const value = this.valueOf(name, full); return value ? [[name, value.json]] : []; }))),
      flags: this.flags(),
    });
  }

  async save(more: Flags): Promise<Version> {
    const draft = copy(this.draft);
    const version = await create(this.name, draft, this.declared, { ...this.flags(), note: draft.note.trim() || undefined, ...more });
    this.base = { version: version.version, sequence: version.sequence, author: version.author, draft: { ...draft, order: version.variables.map((one) => one.name), note: '' } };
    this.seen = Math.max(this.seen, version.sequence);
    // What was typed while it was saved stays.
    this.draft.order = [...this.base.draft.order];
    this.draft.note = '';
    this.bump = 'auto';
    this.allowDuplicate = false;
    this.secretReason = '';
    this.keep();
    return version;
  }

  /** Begins anew; answers how to take that back. */
  begin(base: Base | undefined, text?: Draft): () => void {
    const before = { draft: copy(this.draft), base: this.base, values: { ...this.values } };
    this.base = base;
    this.draft = text ?? (base ? renumbered(copy(base.draft)) : empty(this.kind));
    if (!text) this.values = {};
    this.changed();
    return () => {
      this.base = before.base;
      this.draft = renumbered(before.draft);
      this.values = before.values;
      this.changed();
    };
  }

  write(id: number, change: { text?: string; role?: string; slot?: string }): void {
    const block = this.draft.blocks.find((one) => one.id === id);
    if (!block) return;
    if (isSlot(block) && change.slot !== undefined) {
      // What was said of it goes with its name.
      const details = this.draft.details[block.slot];
      if (details && this.slots.filter((name) => name === block.slot).length === 1) this.draft.details[change.slot] ??= { ...details };
    }
    Object.assign(block, change);
  }

  /** Callers may leave them out; where the text can do with an empty place, they get one. */
  makeOptional(names: readonly string[]): void {
    for (const name of names) {
      const { schema, fallback } = this.details(name);
      const empties: Record<string, string> = { '': '""', string: '""', array: '[]', object: '{}' };
      const use = this.found.get(name);
      const plain = typeWord(schema) !== 'choice' && !(schema === '' && use && (use.list || use.fields.length > 0));
      this.describe(name, { required: false, fallback: fallback || (plain && simple(schema) ? (empties[typeOf(schema)] ?? '') : '') });
    }
  }

  move(index: number, step: number): boolean {
    const to = index + step;
    const [block] = to < 0 || to >= this.draft.blocks.length ? [] : this.draft.blocks.splice(index, 1);
    if (!block) return false;
    this.draft.blocks.splice(to, 0, block);
    return true;
  }

  insert(index: number, block: Block): void {
    this.draft.blocks.splice(index, 0, block);
  }

  duplicate(index: number): void {
    const block = this.draft.blocks[index];
    if (block) this.insert(index + 1, { ...block, id: nextId() });
  }

  /** Answers how to take it back. */
  remove(index: number): () => void {
    const [block] = this.draft.blocks.splice(index, 1);
    return () => {
      if (block) this.insert(Math.min(index, this.draft.blocks.length), block);
    };
  }
}
