import { to } from '../address';
import type { Version } from '../api/types';
import { session } from '../state/session.svelte';
import type { Item } from '../ui/Menu.svelte';

/** What can be done with a version, beside looking at it. */
export type Doing = 'promote' | 'revert' | 'deprecate' | 'archive' | 'restore' | 'delete' | 'label';

const WRITE = 'This needs the role editor.';
const DEPLOY = 'This needs the role operator.';

export function versionItems(version: Version, production: string | undefined, act: (doing: Doing) => void): Item[] {
  const { prompt, version: number, live_in: live, labels } = version;
  const archived = version.status === 'archived';
  const write = session.can('write') ? undefined : WRITE;
  const deploy = session.can('deploy') ? undefined : DEPLOY;
  const isLive = live.length > 0 ? `It is live in ${live.join(', ')}.` : undefined;
  const labelled = labels.some((label) => label !== 'latest') ? 'It has labels.' : undefined;
  return [
    ...(production && production !== number ? [{ label: `Compare with production`, icon: 'git-compare' as const, href: to.compare(prompt, production, number) }] : []),
    write ? { label: 'Edit from here', icon: 'pencil', blocked: write } : { label: 'Edit from here', icon: 'pencil', href: to.editor(prompt, number) },
    { label: `Go back to ${number}…`, icon: 'undo-2', blocked: archived ? 'It is archived.' : write && deploy, run: () => act('revert') },
    { label: 'Add label…', icon: 'tag', blocked: archived ? 'It is archived.' : deploy, run: () => act('label') },
    'rule',
    { label: 'Deprecate…', icon: 'ban', blocked: write ?? (archived ? 'It is archived.' : undefined), run: () => act('deprecate') },
    archived
      ? { label: 'Restore…', icon: 'archive-restore', blocked: write, run: () => act('restore') }
      : { label: 'Archive…', icon: 'archive', blocked: write ?? isLive, run: () => act('archive') },
    { label: 'Delete…', icon: 'trash-2', danger: true, blocked: write ?? isLive ?? labelled, run: () => act('delete') },
  ];
}

/** Why it cannot be promoted. */
export function promoteBlocked(version: Version): string | undefined {
  if (version.status === 'archived') return 'It is archived. Restore it first.';
  return session.can('deploy') ? undefined : DEPLOY;
}
