import type { AuditEntry } from '../api/types';
import { share } from '../deployment/words';
import { many } from '../format/text';
import { differing, inner, isObject, text, words, type Detail } from './detail';
import { ACTIONS } from './history';

/** An entry of the audit log for its row: what was done, on what. */
export type Told = { what: string; on: string; refused?: true };

const LABELS = new Map(ACTIONS.map((action) => [action.value, action.label]));

/** What beside the prompt an entry is about. */
function thing(entry: AuditEntry, detail: Detail): string {
  const number = text(detail, 'version') ?? text(inner(detail, 'version') ?? {}, 'version');
  switch (entry.action) {
    case 'deployment.activate':
      return [text(detail, 'to'), entry.environment && `in ${entry.environment}`].filter(Boolean).join(' ');
    case 'deployment.create':
      return [text(detail, 'to'), entry.environment && `${text(detail, 'state') === 'scheduled' ? 'for' : 'in'} ${entry.environment}`].filter(Boolean).join(' ');
    case 'deployment.start':
    case 'deployment.pause':
    case 'deployment.resume':
    case 'deployment.advance':
    case 'deployment.advanced':
    case 'deployment.promote':
    case 'deployment.abort':
      return [entry.environment && `in ${entry.environment}`, typeof detail.percentage === 'number' && entry.action !== 'deployment.abort' && `at ${share(detail.percentage)}`].filter(Boolean).join(' ');
    case 'approval.open':
    case 'approval.approve':
    case 'approval.request_changes':
    case 'approval.reject':
    case 'approval.comment':
    case 'approval.withdraw':
    case 'approval.expired':
    case 'approval.carried_out':
    case 'approval.looked_at':
    case 'emergency.review':
    case 'rollback.settle':
      return [text(detail, 'stage') && `${text(detail, 'stage') ?? ''},`, entry.environment && `in ${entry.environment}`].filter(Boolean).join(' ');
    case 'release.create':
    case 'release.start':
    case 'release.abort':
    case 'release.rollback':
      return [many(Array.isArray(detail.items) ? detail.items.length : 0, 'prompt'), entry.environment && `in ${entry.environment}`].filter(Boolean).join(' ');
    case 'rollback.create':
      return [text(detail, 'to'), entry.environment && `in ${entry.environment}`].filter(Boolean).join(' ');
    case 'policy.reset':
      return entry.environment ?? '';
    case 'label.put':
      return `${text(detail, 'label') ?? ''} on ${text(detail, 'to') ?? '?'}`;
    case 'label.delete':
      return text(detail, 'label') ?? '';
    case 'sample.put':
    case 'sample.delete':
      return text(detail, 'sample') ?? '';
    case 'prompt.forget_name':
      return text(detail, 'former_name') ?? '';
    case 'prompt.import':
      return Array.isArray(detail.versions) && detail.versions.length > 0 ? many(detail.versions.length, 'version') : '';
    case 'key.create':
    case 'key.revoke':
    case 'project.create':
    case 'user.create':
    case 'user.delete':
    case 'user.link':
    case 'user.setup':
      return text(detail, 'name') ?? '';
    case 'user.update':
      return text(inner(detail, 'before') ?? {}, 'name') ?? text(detail, 'email') ?? '';
    case 'webhook.create':
    case 'webhook.update':
    case 'webhook.rotate':
    case 'webhook.delete':
    case 'webhook.stop':
      return text(detail, 'host') ?? '';
    case 'environment.create':
    case 'environment.update':
    case 'environment.freeze':
    case 'environment.unfreeze':
      return entry.environment ?? '';
    default: {
      const live = inner(detail, 'activated');
      const place = live && text(live, 'environment');
      return [number, place && `in ${place}`].filter(Boolean).join(' ');
    }
  }
}

export function told(entry: AuditEntry): Told {
  const detail = entry.detail as Detail;
  if (entry.action === 'denied') {
    const times = typeof detail.times === 'number' ? detail.times : 1;
    return { what: 'was refused', on: `${text(detail, 'route') ?? 'a request'}${times > 1 ? `, ${many(times, 'time')}` : ''}`, refused: true };
  }
  const back = (entry.action === 'deployment.activate' || (entry.action === 'deployment.create' && text(detail, 'state') === 'completed')) && text(detail, 'direction') === 'back';
  const about = thing(entry, detail);
  // A version stands beside the prompt; what has a name of its own is set off.
  const apart = /^(label|sample|prompt\.(forget|import))/.test(entry.action) ? ': ' : ' ';
  return {
    what: back ? 'rolled back' : (LABELS.get(entry.action) ?? entry.action.replace('.', ': ').replaceAll('_', ' ')),
    on: [entry.prompt, about].filter(Boolean).join(apart),
  };
}

/** `a41b…7f90`: enough to compare by eye. */
export const shortSeal = (hash: string): string => (hash.length > 10 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash);

export type Fact = { name: string; value: string };
export type Line = Fact & { changed: boolean };
export type Readable = { before: readonly Line[]; after: readonly Line[]; facts: readonly Fact[] };

/** `content_hash` is the "Content hash". */
export function called(name: string): string {
  const said = name.replaceAll('_', ' ').replaceAll('.', ' › ');
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function value(of: unknown): string {
  if (of === null || of === undefined || of === '') return 'none';
  if (typeof of === 'boolean') return of ? 'yes' : 'no';
  if (Array.isArray(of)) return of.length === 0 ? 'none' : of.map((one) => (isObject(one) ? JSON.stringify(one) : value(one))).join(', ');
  return typeof of === 'object' ? JSON.stringify(of) : String(of as string | number);
}

function flat(detail: Detail, under = ''): Fact[] {
  return Object.entries(detail).flatMap(([name, of]) => {
    const path = under ? `${under}.${name}` : name;
    if (isObject(of) && Object.keys(of).length > 0) return flat(of, path);
    return [{ name: path, value: isObject(of) ? 'none' : value(of) }];
  });
}

/** Lists of roles and scopes are written as words; a change of them is seen word by word. */
const side = (of: Detail, changed: readonly string[]): Line[] =>
  Object.keys(of).map((name) => ({ name, value: name === 'roles' ? words(of, name).join(', ') || 'none' : value(of[name]), changed: changed.includes(name) }));

/** The detail as lines that can be read: what was before and after, and what else there is. */
export function readable(detail: Detail): Readable {
  const { before, after, ...rest } = detail;
  if (isObject(before) && isObject(after)) {
    const changed = differing(before, after);
    return { before: side(before, changed), after: side(after, changed), facts: flat(rest) };
  }
  return { before: [], after: [], facts: flat(detail) };
}
