import type { NewPrice, Price } from '$lib/api/prices';

export const LAYERS: Record<string, string> = { built_in: 'built in', instance: 'this server', project: 'this project' };

export const AMOUNTS = [
  { name: 'input_per_million_usd', label: 'Input', required: true },
  { name: 'output_per_million_usd', label: 'Output', required: true },
  { name: 'cached_input_per_million_usd', label: 'Input from the cache', required: false },
  { name: 'cache_write_per_million_usd', label: 'Input to the cache', required: false },
  { name: 'reasoning_per_million_usd', label: 'Reasoning', required: false },
  { name: 'per_request_usd', label: 'Each request', required: false },
  { name: 'batch_input_per_million_usd', label: 'Batch input', required: false },
  { name: 'batch_output_per_million_usd', label: 'Batch output', required: false },
] as const;
export type AmountName = (typeof AMOUNTS)[number]['name'];

export type Typed = { provider: string; model: string; valid_from: string; source: string } & Record<AmountName, string>;

export const blank = (): Typed => ({ provider: '', model: '', valid_from: '', source: '', ...(Object.fromEntries(AMOUNTS.map(({ name }) => [name, ''])) as Record<AmountName, string>) });

/** A price as people type it: digits with a point, at most 6 of them after it. */
const AMOUNT = /^\d{1,9}(\.\d{1,6})?$/;

export type PriceFaults = Partial<Record<keyof Typed, string>>;

export function faults(typed: Typed): PriceFaults {
  const found: PriceFaults = {};
  if (!typed.provider.trim()) found.provider = 'Which provider?';
  if (!typed.model.trim()) found.model = 'Which model?';
  for (const { name, required } of AMOUNTS) {
    const text = typed[name].trim();
    if (text === '') {
      if (required) found[name] = 'US dollars; 0 where it is free.';
    } else if (!AMOUNT.test(text)) found[name] = 'US dollars, such as 0.075.';
  }
  return found;
}

export function priceOf(typed: Typed): NewPrice {
  const amounts = Object.fromEntries(AMOUNTS.filter(({ name }) => typed[name].trim() !== '').map(({ name }) => [name, Number(typed[name])]));
  return {
    provider: typed.provider.trim(),
    model: typed.model.trim(),
    ...amounts,
    ...(typed.valid_from ? { valid_from: new Date(`${typed.valid_from}T00:00:00Z`).toISOString() } : {}),
    ...(typed.source.trim() ? { source: typed.source.trim() } : {}),
  } as NewPrice;
}

/** `above 200,000 tokens: $6 and $22.50`: what else the price has. */
export function alsoWords(price: Price, money: (usd: number) => string): string {
  const parts = AMOUNTS.filter(({ name, required }) => !required && name !== 'cached_input_per_million_usd' && Number(price[name] ?? 0) > 0).map(({ name, label }) => `${label.toLowerCase()} ${money(Number(price[name]))}`);
  for (const tier of price.tiers) parts.push(`above ${tier.above_input_tokens.toLocaleString('en-US')} tokens ${[tier.input_per_million_usd, tier.output_per_million_usd].map(money).join(' and ')}`);
  return parts.join(', ');
}
