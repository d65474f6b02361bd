import { dayAfter, dayStart } from '$lib/history/days';

/** What the address says of the filters, as the API takes it. Days are those of the reader. */
export type Asked = { actor?: string; action?: string; prompt?: string; environment?: string; from?: string; to?: string };

export function asked(query: URLSearchParams): Asked {
  const found: Record<keyof Asked, string | null | undefined> = {
    actor: query.get('who'),
    action: query.get('what'),
    prompt: query.get('prompt'),
    environment: query.get('environment'),
    from: dayStart(query.get('from') ?? ''),
    // The day itself counts; the API leaves out what is at the end.
    to: dayAfter(query.get('to') ?? ''),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value)) as Asked;
}

type Named = { value: string; label: string };

/** Everybody who may have done something: those that are there, and those of the entries that are shown. */
export function actors(keys: readonly { id: string; name: string; revoked_at?: string | null }[], people: readonly { id: string; name: string }[], entries: readonly { actor: string; actor_name: string }[]): Named[] {
  const all = new Map<string, string>();
  for (const person of people) all.set(`user:${person.id}`, person.name);
  for (const key of keys) if (!key.revoked_at) all.set(`key:${key.id}`, `${key.name}, key`);
  for (const entry of entries) if (!all.has(entry.actor)) all.set(entry.actor, entry.actor_name);
  return [...all].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label, 'en'));
}
