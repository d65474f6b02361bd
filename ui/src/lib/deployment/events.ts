import type { Deployment, DeploymentEvent } from '../api/types';
import type { IconName } from '../ui/icons';
import { everybody, share, stateOf, units } from './words';

export type EventSaid = { what: string; who: string; why?: string; icon: IconName; share?: number };

const shown = (event: DeploymentEvent, one: Deployment): string => (everybody(event.percentage) ? 'Everyone' : `${share(event.percentage)} of ${units(one.unit)}`);

const SAYS: Record<string, { what: string; icon: IconName } | undefined> = {
  held: { what: 'It is to wait for its start', icon: 'hourglass' },
  approved: { what: 'Approved', icon: 'circle-check' },
  rejected: { what: 'Rejected', icon: 'ban' },
  withdrawn: { what: 'Withdrawn', icon: 'undo-2' },
  expired: { what: 'Expired', icon: 'clock-alert' },
  paused: { what: 'Paused', icon: 'pause' },
  resumed: { what: 'Resumed', icon: 'play' },
  completed: { what: 'Completed', icon: 'check' },
  aborted: { what: 'Aborted', icon: 'ban' },
  superseded: { what: 'Superseded', icon: 'arrow-right' },
  rolling_back: { what: 'Taken back', icon: 'undo-2' },
  rolled_back: { what: 'All servers have gone back', icon: 'undo-2' },
};

/** What moves the share says the share; all else says itself. */
export function eventOf(event: DeploymentEvent, one: Deployment): EventSaid {
  const reason = event.reason.trim();
  const who = event.actor ?? 'by its schedule';
  // What the clock writes is said by the schedule already.
  const why = event.actor && reason ? reason : undefined;
  if (['started', 'advanced', 'promoted'].includes(event.kind) || (event.kind === 'created' && event.percentage > 0)) {
    const by = event.kind === 'promoted' ? `promoted by ${who}` : event.kind === 'advanced' ? (event.actor ? `skipped ahead by ${who}` : 'by its schedule') : `started by ${who}`;
    return { what: shown(event, one), who: by, why, icon: 'rocket', share: event.percentage };
  }
  if (event.kind === 'created') return { what: event.to === 'pending_approval' ? 'Asked for' : 'Prepared', who, why, icon: 'plus' };
  const said = SAYS[event.kind];
  return { what: said?.what ?? stateOf(event.kind).word, who, why: why ?? (event.actor ? undefined : reason || undefined), icon: said?.icon ?? 'info' };
}
