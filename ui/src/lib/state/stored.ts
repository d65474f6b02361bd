/** What this browser keeps. A browser that keeps nothing is no error. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`promptory.${name}`);
  } catch {
    return null;
  }
}

/** Answers whether it was kept. */
export function keep(name: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(`promptory.${name}`);
    else localStorage.setItem(`promptory.${name}`, value);
    return true;
  } catch {
    return false;
  }
}
