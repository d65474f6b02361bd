/** The time, for "12 min ago": one clock for the page, which ticks while it is looked at. */
class Now {
  at = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.at = Date.now();
    }, 20_000);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.at = Date.now();
    });
  }
}

export const now = new Now();
