import { createInfiniteQuery, createQuery } from '@tanstack/svelte-query';
import type { FigureFilter } from '../api/executions';
import { deployments as deploymentsQuery, environments as environmentsQuery } from '../api/queries';
import type { Environment } from '../api/types';
import type { Marker } from '../chart/data';
import { now } from '../state/now.svelte';
import { router } from '../state/router.svelte';
import { before, during, environmentOf, narrowed } from './filters';
import { range, type Preset, type Range } from './range';

/** Days and hours begin where the reader is. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const PAGE = 200;
/** More lines than anybody tells apart. */
const MOST = 1000;

/** What a page of figures shows, as its address says. */
export type View = {
  readonly environments: readonly Environment[];
  /** The environment is known: before, nothing is asked. */
  readonly ready: boolean;
  /** Empty: every environment. */
  readonly environment: string;
  readonly range: Range;
  readonly filter: FigureFilter;
  readonly asked: FigureFilter;
  readonly before: FigureFilter;
  /** Who went live meanwhile. */
  readonly markers: readonly Marker[];
};

/** To be called while a component is made. With `prompt`, all is about that one. */
export function createView(options: { prompt?: () => string; usual?: Preset } = {}): View {
  const list = createQuery(environmentsQuery);
  const production = $derived(list.data?.find((one) => one.production)?.name ?? 'production');
  const environment = $derived(environmentOf(router.query, production));
  const span = $derived(range(router.query, now.at, options.usual));
  const filter = $derived({ ...narrowed(router.query, production), ...(options.prompt ? { prompt: options.prompt() } : {}) });
  const asked = $derived(during(filter, span));
  const went = createInfiniteQuery(() => ({
    ...deploymentsQuery({ ...(filter.prompt ? { prompt: filter.prompt } : {}), ...(filter.environment ? { environment: filter.environment } : {}) }, PAGE),
    enabled: list.data !== undefined,
  }));
  const deployments = $derived(went.data?.pages.flatMap((page) => page.items) ?? []);
  // Newest first: as far back as the range goes.
  $effect(() => {
    const oldest = deployments.at(-1);
    if (oldest && Date.parse(oldest.created_at) > span.from && deployments.length < MOST && went.hasNextPage && !went.isFetching) void went.fetchNextPage();
  });
  const markers = $derived(
    deployments
      // When callers began to get it; one that was never started is no mark.
      .filter(({ started_at, state }) => started_at ?? state === 'completed')
      .map(({ started_at, created_at, prompt, version }) => ({ at: Date.parse(started_at ?? created_at), label: filter.prompt ? version : `${prompt} ${version}` }))
      .filter(({ at }) => at >= span.from && at < (span.to ?? Infinity)),
  );
  return {
    get environments() {
      return list.data ?? [];
    },
    get ready() {
      return list.data !== undefined;
    },
    get environment() {
      return environment === 'all' ? '' : environment;
    },
    get range() {
      return span;
    },
    get filter() {
      return filter;
    },
    get asked() {
      return asked;
    },
    get before() {
      return before(filter, span);
    },
    get markers() {
      return markers;
    },
  };
}
