const TYPING_MS = 300;

/** What is asked about, as text, once nobody types in it any more. While it makes no sense (undefined), what did before stays. */
export class Steady {
  text = $state('');

  constructor(wanted: () => string | undefined, typing: () => boolean) {
    $effect(() => {
      const next = wanted();
      if (next === undefined) return;
      const timer = setTimeout(() => (this.text = next), typing() ? TYPING_MS : 0);
      return () => clearTimeout(timer);
    });
  }
}
