import { keep, recall } from './stored';

export type Theme = 'system' | 'light' | 'dark';

/** What a person chose in this browser. */
class Profile {
  theme = $state<Theme>((recall('theme') as Theme | null) ?? 'system');
  /** Keys of a single letter. */
  letters = $state(recall('letters') !== 'off');

  constructor() {
    this.#show();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    keep('theme', theme === 'system' ? null : theme);
    this.#show();
  }

  setLetters(on: boolean): void {
    this.letters = on;
    keep('letters', on ? null : 'off');
  }

  #show(): void {
    if (this.theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
  }
}

export const profile = new Profile();
