import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 1000;

/** The time to the second, for what is counted down. It ticks only while something on the page reads it. */
class Clock {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(() => {
      if (!document.hidden) update();
    }, TICK_MS);
    document.addEventListener('visibilitychange', update);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', update);
    };
  });

  get at(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const clock = new Clock();
