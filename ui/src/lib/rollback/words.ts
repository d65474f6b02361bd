import type { Rollback, RollbackImpact, RollbackTarget } from '../api/types';
import { count, many } from '../format/text';
import { lasting } from '../format/time';
import { duration, money, percent } from '../chart/numbers';
import { everybody, share } from '../deployment/words';
import { listed } from '../words/detail';

type Figures = RollbackImpact['from_figures'];

/** "1,204 calls, 0.8 % errors, p95 2.9 s, $0.0019 a call". */
export function figuresWords(figures: Figures): string {
  if (figures.count === 0) return 'no calls recorded';
  const parts = [
    many(figures.count, 'call'),
    figures.error_rate === null || figures.error_rate === undefined ? '' : `${percent(figures.error_rate)} errors`,
    figures.latency_p95_ms === null || figures.latency_p95_ms === undefined ? '' : `p95 ${duration(figures.latency_p95_ms)}`,
    figures.cost_mean_usd === null || figures.cost_mean_usd === undefined ? '' : `${money(figures.cost_mean_usd)} a call`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** What speaks for a target: "312,480 calls over 12 days". */
export function evidenceWords(target: RollbackTarget): string {
  if (target.live_since === null || target.live_since === undefined) return 'It was never live here.';
  const MINUTE_S = 60;
  const time = target.live_s < MINUTE_S ? 'less than a minute' : lasting(target.live_s * 1000);
  if (target.evidence === 'executions') return `${many(target.executions, 'call')} over ${time} here, and nobody took it back.`;
  return target.executions > 0 ? `${many(target.executions, 'call')} over ${time} here: too few to speak for it.` : `It was live here for ${time}; no calls were recorded.`;
}

/** Who gets what again. */
export function trafficWords(impact: RollbackImpact, from: string, to: string, environment: string, ends: boolean): string {
  if (ends) return `${share(impact.percentage)} of callers in ${environment} get ${to} again in place of ${from}, at once. The others have had it all the time.`;
  return everybody(impact.percentage) ? `Everyone in ${environment} gets ${to} in place of ${from}, at once.` : `${share(impact.percentage)} of callers in ${environment} get ${to} in place of ${from}, at once.`;
}

/** "3 keys in the last day: help-centre, app and 1 more". */
export function callersWords(impact: RollbackImpact): string {
  const { callers, callers_count: all } = impact;
  if (all === 0) return 'No key was given it in the last day.';
  const SHOWN = 4;
  const names = callers.slice(0, SHOWN).map((caller) => caller.key_name);
  const more = all - names.length;
  return `${many(all, 'key')} ${all === 1 ? 'was' : 'were'} given it in the last day: ${listed(more > 0 ? [...names, `${count(more)} more`] : names)}.`;
}

export function renderedWords({ rendered }: RollbackImpact, to: string): string {
  const parts = [rendered.executions > 0 ? many(rendered.executions, 'recent input') : '', rendered.samples > 0 ? many(rendered.samples, 'sample') : ''].filter(Boolean);
  if (parts.length === 0) return `No recent inputs and no samples to render ${to} with.`;
  return `${to} renders with ${rendered.failed === 0 ? 'all' : `all but ${rendered.failed}`} of ${listed(parts)}.`;
}

const CAUSES: Record<string, string> = { rollback: 'rolled back', release: 'a whole release rolled back', activate: 'made live again', deploy: 'deployed again', revert: 'reverted', import: 'imported' };

/** How somebody went back: "rolled back", "rolled back, in an emergency", "went back by itself". */
export function howWords(one: Pick<Rollback, 'kind' | 'cause'>): string {
  if (one.kind === 'automatic') return 'by itself';
  return `${CAUSES[one.cause] ?? one.cause}${one.kind === 'emergency' ? ', in an emergency' : ''}`;
}

/** How long it took until every server had it. */
export function effectWords(one: Pick<Rollback, 'state' | 'time_to_effect_ms' | 'lagging'>): string {
  if (one.lagging.length > 0) return `${many(one.lagging.length, 'server')} did not say so`;
  if (one.state !== 'settled') return 'waits for servers';
  return one.time_to_effect_ms === null || one.time_to_effect_ms === undefined ? 'settled' : `after ${duration(one.time_to_effect_ms)}`;
}
