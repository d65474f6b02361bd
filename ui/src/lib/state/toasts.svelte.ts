export type Toast = { id: number; text: string; undo?: { label: string; run: () => void } };

/** Confirms what was done. Errors and all that must be read are no toasts. */
class Toasts {
  shown = $state<Toast | undefined>();
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string, undo?: Toast['undo']): void {
    this.shown = { id: this.#next++, text, undo };
    this.resume();
  }

  /** While it has the focus or the pointer. */
  hold(): void {
    clearTimeout(this.#timer);
  }

  resume(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), 6000);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.shown = undefined;
  }
}

export const toasts = new Toasts();
