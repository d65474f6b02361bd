import type { ExecutionFilter } from '$lib/api/executions';
import type { ExecutionQuery } from '$lib/api/recorded';

/** Written into the address as the API calls them. */
export const FILTERS = ['prompt', 'version', 'environment', 'variant', 'provider', 'model', 'country', 'status', 'error_type', 'purpose', 'key', 'session', 'trace_id', 'tag', 'min_latency_ms', 'unpriced', 'from', 'to'] as const satisfies readonly (keyof ExecutionQuery)[];
export type FilterName = (typeof FILTERS)[number];

/** What the address asks for; what is no number or time is left out. */
export function listing(query: URLSearchParams): ExecutionFilter {
  const found: Record<string, string | number | boolean> = {};
  for (const name of FILTERS) {
    const value = query.get(name)?.trim();
    if (!value) continue;
    if (name === 'unpriced') {
      if (value === 'true') found.unpriced = true;
    } else if (name === 'min_latency_ms') {
      if (Number(value) > 0) found.min_latency_ms = Number(value);
    } else if (name === 'from' || name === 'to') {
      const at = Date.parse(value);
      if (Number.isFinite(at)) found[name] = new Date(at).toISOString();
    } else found[name] = value;
  }
  return found;
}

/** Those with no place of their own in the row: added from "More", then typed. */
export const TYPED = [
  { name: 'version', label: 'Version', hint: '1.2.0' },
  { name: 'model', label: 'Model', hint: 'as in prices' },
  { name: 'provider', label: 'Provider', hint: 'openai' },
  { name: 'key', label: 'User', hint: 'as the application names them' },
  { name: 'session', label: 'Session', hint: '' },
  { name: 'trace_id', label: 'Trace', hint: '' },
  { name: 'error_type', label: 'Error', hint: 'rate_limit' },
  { name: 'tag', label: 'Tag', hint: 'name or name:value' },
  { name: 'country', label: 'Country', hint: 'DE' },
  { name: 'variant', label: 'Variant', hint: '' },
  { name: 'min_latency_ms', label: 'Slower than, ms', hint: '2000' },
] as const satisfies readonly { name: FilterName; label: string; hint: string }[];

export const STATUSES = [
  { value: 'success', label: 'success' },
  { value: 'error', label: 'error' },
  { value: 'timeout', label: 'timeout' },
  { value: 'blocked', label: 'blocked' },
  { value: 'error,timeout,blocked', label: 'not successful' },
] as const;

export const PURPOSES = [
  { value: 'test', label: 'test' },
  { value: 'eval', label: 'eval' },
  { value: 'all', label: 'live, test and eval' },
] as const;
