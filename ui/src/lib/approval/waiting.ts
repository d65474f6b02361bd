import type { Emergency } from '../api/types';
import { session } from '../state/session.svelte';

/** Those that the person who looks may review: somebody else declared them. */
export const reviewable = (all: readonly Emergency[]): Emergency[] => (session.can('approve') ? all.filter((one) => !one.review && (!one.by.id || one.by.id !== session.user?.id)) : []);
