import type { HistoryEntry } from '../api/types';
import { many } from '../format/text';
import type { IconName } from '../ui/icons';
import { differing, inner, isObject, listed, text, words, type Detail } from './detail';
import { APPROVAL_ACTIONS, APPROVALS, BY_CLOCK, ROLLOUT_ACTIONS, ROLLOUTS } from './rollouts';

/** One thing that happened, as a sentence: who, does, what, rest. */
export type Sentence = {
  who: string;
  /** "saved", "made": in the past, after the name. */
  does: string;
  /** What stands out in it: a version, a name. */
  what?: string;
  /** `what` is a version of the entry's prompt that one may look at. */
  version?: string;
  /** `what` is a deployment that one may look at. */
  deployment?: string;
  /** It is about a request that one may look at. */
  approval?: string;
  /** `what` was released together, which one may look at. */
  release?: string;
  /** "live in production, after 2.1.0": the end of the sentence. */
  rest?: string;
  /** What the person wrote about it: the note, the reason. */
  note?: string;
  icon: IconName;
  /** It went back, or took something away that does not come again. */
  back?: true;
};

type Words = Omit<Sentence, 'who'>;

/** The prompt itself is not named: the page says beside it which one it is about. */
export function sentence(entry: HistoryEntry): Sentence {
  const say = SAY[entry.action];
  const found = say?.(entry.detail as Detail, entry.environment ?? undefined) ?? { does: unknown(entry.action), icon: 'info' as const };
  return { who: BY_CLOCK.includes(entry.action) ? 'The schedule' : entry.actor, ...found };
}

/** The whole of it, for one line and for screen readers. */
export function plain(said: Sentence): string {
  return [said.who, said.does, said.what, said.rest].filter(Boolean).join(' ');
}

/** An action of a newer server: its own word is better than none. */
const unknown = (action: string): string => {
  const [noun = '', verb = ''] = action.split('.');
  return verb ? `${noun}: ${verb.replaceAll('_', ' ')}` : noun;
};

const made = (does: string, icon: IconName, also = '') => (detail: Detail): Words => {
  const number = text(detail, 'version');
  const activated = inner(detail, 'activated');
  const from = activated && text(activated, 'from');
  const live = activated && `made it live in ${text(activated, 'environment') ?? '?'}${from ? `, after ${from}` : ''}`;
  return { does, what: number, version: number, rest: [also, live && `and ${live}`].filter(Boolean).join(' ') || undefined, note: text(detail, 'note'), icon };
};

const marked = (does: string, icon: IconName, back?: true) => (detail: Detail): Words => {
  const number = text(detail, 'version');
  return { does, what: number, version: number, icon, back };
};

function activated(detail: Detail, environment?: string): Words {
  const [from, until, reason] = [text(detail, 'from'), text(detail, 'to'), text(detail, 'reason')];
  const place = `in ${environment ?? '?'}`;
  const common = { what: until, version: until, note: reason };
  if (text(detail, 'direction') === 'back') return { ...common, does: 'rolled back to', rest: `${place}${from ? `, from ${from}` : ''}`, icon: 'rotate-ccw', back: true };
  if (from === until && until) return { ...common, does: 'renewed', rest: `${place}, with what it includes now`, icon: 'rocket' };
  return { ...common, does: 'made', rest: `live ${place}${from ? `, after ${from}` : ''}`, icon: 'rocket' };
}

function updated(detail: Detail): Words {
  const [before, after] = [inner(detail, 'before') ?? {}, inner(detail, 'after') ?? {}];
  const changed = differing(before, after);
  if (changed.includes('name')) {
    const others = changed.filter((name) => name !== 'name');
    return { does: 'renamed the prompt to', what: text(after, 'name'), rest: `from ${text(before, 'name') ?? '?'}${others.length > 0 ? `, and changed the ${listed(others)}` : ''}`, icon: 'pencil' };
  }
  return { does: changed.length > 0 ? `changed the ${listed(changed)}` : 'saved the prompt as it was', icon: 'pencil' };
}

function corrected(detail: Detail): Words {
  const [before, after] = [inner(detail, 'before') ?? {}, inner(detail, 'after') ?? {}];
  const number = text(detail, 'version');
  return { does: `changed the ${listed(differing(before, after)) || 'note'} of`, what: number, version: number, note: differing(before, after).includes('note') ? text(after, 'note') : undefined, icon: 'pencil' };
}

function imported(detail: Detail): Words {
  const made = Array.isArray(detail.versions) ? detail.versions.length : 0;
  const what = made > 0 ? many(made, 'version') : undefined;
  const path = text(detail, 'path');
  return { does: what ? 'imported' : 'changed the prompt by an import', what, rest: path && `from ${path}`, icon: 'folder-input' };
}

function labelled(detail: Detail): Words {
  const [label, from, until] = [text(detail, 'label') ?? '?', text(detail, 'from'), text(detail, 'to')];
  if (!from) return { does: `put the label ${label} on`, what: until, version: until, icon: 'tag' };
  return { does: `moved the label ${label} to`, what: until, version: until, rest: `from ${from}`, icon: 'tag' };
}

const ROLLBACK: Record<string, string> = { allowed: 'rolling back is allowed', fix_forward: 'it only goes forward' };

function policy(detail: Detail, environment?: string): Words {
  const [before, after] = [inner(detail, 'before') ?? {}, inner(detail, 'after') ?? {}];
  const changed = differing(before, after);
  const stages = Array.isArray(after.stages) ? after.stages.map((stage) => (isObject(stage) ? text(stage, 'name') : undefined) ?? '?') : [];
  const parts = [
    changed.includes('stages') ? (stages.length > 0 ? `${listed(stages)} approve${stages.length === 1 ? 's' : ''}` : 'nobody is asked for approval') : '',
    changed.includes('rollback') ? (ROLLBACK[text(after, 'rollback') ?? ''] ?? '') : '',
  ].filter(Boolean);
  return { does: 'changed the rules of', what: environment, rest: parts.length > 0 ? `so that ${listed(parts)}` : undefined, icon: 'layers' };
}

function member(detail: Detail): Words {
  const [before, after] = [inner(detail, 'before') ?? {}, inner(detail, 'after') ?? {}];
  const renamed = text(before, 'name') !== text(after, 'name');
  const roles = listed(words(after, 'roles'));
  if (differing(before, after).includes('roles')) return { does: 'changed the roles of', what: text(after, 'name'), rest: `to ${roles}, from ${listed(words(before, 'roles'))}`, icon: 'users' };
  return { does: renamed ? 'renamed' : 'changed', what: text(before, 'name'), rest: renamed ? `to ${text(after, 'name') ?? '?'}` : undefined, icon: 'users' };
}

function priced(does: string, back?: true): (detail: Detail) => Words {
  return (detail) => {
    const price = inner(detail, 'price') ?? {};
    const model = text(price, 'model');
    return { does: `${does} the price${model ? ' of' : ''}`, what: model, rest: model && text(price, 'provider') ? `by ${text(price, 'provider') ?? ''}` : undefined, icon: 'coins', back };
  };
}

const count = (detail: Detail, name: string) => (typeof detail[name] === 'number' ? detail[name] : 0);

/** Fixed words with a name out of the detail. */
const named = (does: string, name: string, icon: IconName, back?: true) => (detail: Detail): Words => ({ does, what: text(detail, name), icon, back });

const SAY: Record<string, ((detail: Detail, environment?: string) => Words) | undefined> = {
  'prompt.create': (detail) => {
    const first = inner(detail, 'version');
    return first ? { ...made('created the prompt with', 'plus')(first) } : { does: 'created the prompt', icon: 'plus' };
  },
  'prompt.update': updated,
  'prompt.archive': (detail) => ({ does: 'archived the prompt', rest: words(detail, 'live_in').length > 0 ? `that was live in ${listed(words(detail, 'live_in'))}` : undefined, icon: 'archive', back: true }),
  'prompt.restore': () => ({ does: 'restored the prompt', icon: 'archive-restore' }),
  'prompt.delete': (detail) => ({ does: 'deleted the prompt', rest: Array.isArray(detail.versions) && detail.versions.length > 0 ? `with ${many(detail.versions.length, 'version')}` : undefined, icon: 'trash-2', back: true }),
  'prompt.forget_name': named('gave up the former name', 'former_name', 'x'),
  'prompt.import': imported,
  'version.create': made('saved', 'save'),
  'version.patch': made('patched what is live as', 'pencil'),
  'version.revert': made('brought back an older content as', 'undo-2'),
  'version.correct': corrected,
  'version.archive': marked('archived', 'archive', true),
  'version.restore': marked('restored', 'archive-restore'),
  'version.deprecate': marked('deprecated', 'triangle-alert'),
  'version.comment': (detail) => ({ does: 'commented on', what: text(detail, 'version'), version: text(detail, 'version'), note: text(detail, 'comment'), icon: 'message-square' }),
  'version.delete': (detail) => ({ does: 'deleted', what: text(detail, 'version'), icon: 'trash-2', back: true }),
  'deployment.activate': activated,
  ...ROLLOUTS,
  ...APPROVALS,
  'label.put': labelled,
  'label.delete': (detail) => ({ does: 'took away the label', what: text(detail, 'label'), rest: text(detail, 'from') && `that was on ${text(detail, 'from') ?? ''}`, icon: 'tag', back: true }),
  'sample.put': (detail) => ({ does: detail.new === false ? 'changed the sample' : 'added the sample', what: text(detail, 'sample'), icon: 'text' }),
  'sample.delete': named('deleted the sample', 'sample', 'trash-2', true),
  'key.create': named('made the key', 'name', 'key-round'),
  'key.revoke': named('revoked the key', 'name', 'key-round', true),
  'environment.create': (_, environment) => ({ does: 'added the environment', what: environment, icon: 'layers' }),
  'environment.update': policy,
  'recording.update': () => ({ does: 'changed what is kept of executions', icon: 'shield-check' }),
  'executions.erase': (detail) => ({ does: `erased what ${many(count(detail, 'executions'), 'execution')} of a user held`, icon: 'trash-2', note: text(detail, 'reason') || undefined, back: true }),
  'rollups.repair': (detail) => ({ does: `counted ${many(count(detail, 'days'), 'day')} of statistics again`, icon: 'rotate-ccw' }),
  'price.create': priced('added'),
  'price.delete': priced('deleted', true),
  'price.import': (detail) => ({ does: `imported ${many(count(detail, 'created'), 'price')}`, icon: 'upload' }),
  'price.apply': (detail) => ({ does: `priced ${many(count(detail, 'priced'), 'past execution')}`, icon: 'coins' }),
  'webhook.create': named('made a webhook to', 'host', 'webhook'),
  'webhook.update': (detail) => ({ does: detail.enabled === true ? 'switched on the webhook to' : detail.enabled === false ? 'switched off the webhook to' : 'changed the webhook to', what: text(detail, 'host'), icon: 'webhook', back: detail.enabled === false || undefined }),
  'webhook.rotate': named('made another secret for the webhook to', 'host', 'key-round'),
  'webhook.delete': named('deleted the webhook to', 'host', 'webhook', true),
  'webhook.stop': (detail) => ({ does: 'stopped the webhook to', what: text(detail, 'host'), icon: 'webhook', note: text(detail, 'why'), back: true }),
  'project.create': named('created the project', 'name', 'box'),
  'server.reload': () => ({ does: 'had all servers load everything anew', icon: 'rotate-ccw' }),
  'session.create': () => ({ does: 'signed in', icon: 'log-in' }),
  'session.delete': () => ({ does: 'signed out', icon: 'log-out' }),
  'user.setup': () => ({ does: 'created the first account', icon: 'user-plus' }),
  'user.create': (detail) => ({ does: 'added', what: text(detail, 'name'), rest: words(detail, 'roles').length > 0 ? `as ${listed(words(detail, 'roles'))}` : undefined, icon: 'user-plus' }),
  'user.update': member,
  'user.delete': (detail) => {
    const keys = words(detail, 'revoked_keys').length;
    return { does: 'removed', what: text(detail, 'name'), rest: `from the project${keys > 0 ? ` and revoked ${many(keys, 'key')}` : ''}`, icon: 'users', back: true };
  },
  'user.link': named('made a one-time link for', 'name', 'link'),
  'user.password': (detail) => ({ does: detail.reset === true ? 'chose a new password with a link' : 'chose a password', icon: 'key-round' }),
};

/** Every action there is, to filter by; those of a prompt first. */
export const ACTIONS: readonly { value: string; label: string; prompt: boolean }[] = [
  ['prompt.create', 'created'], ['prompt.update', 'changed'], ['prompt.archive', 'archived'], ['prompt.restore', 'restored'],
  ['prompt.delete', 'deleted'], ['prompt.import', 'imported'], ['prompt.forget_name', 'gave up a former name'],
  ['version.create', 'saved a version'], ['version.patch', 'patched what is live'], ['version.revert', 'brought back a version'],
  ['version.correct', 'corrected a note'], ['version.archive', 'archived a version'], ['version.restore', 'restored a version'],
  ['version.deprecate', 'deprecated a version'], ['version.delete', 'deleted a version'], ['version.comment', 'commented on a version'], ['deployment.activate', 'made live'], ...ROLLOUT_ACTIONS, ...APPROVAL_ACTIONS,
  ['label.put', 'put a label'], ['label.delete', 'took away a label'], ['sample.put', 'saved a sample'], ['sample.delete', 'deleted a sample'],
  ['key.create', 'made a key'], ['key.revoke', 'revoked a key'], ['environment.create', 'added an environment'],
  ['environment.update', 'changed the rules'], ['environment.freeze', 'froze an environment'], ['environment.unfreeze', 'unfroze an environment'], ['user.create', 'added a person'], ['user.update', 'changed a person'],
  ['user.delete', 'removed a person'], ['user.link', 'made a one-time link'], ['user.password', 'chose a password'],
  ['recording.update', 'changed what is kept'], ['executions.erase', 'erased a user'], ['rollups.repair', 'repaired statistics'],
  ['price.create', 'added a price'], ['price.delete', 'deleted a price'], ['price.import', 'imported prices'], ['price.apply', 'priced past executions'],
  ['webhook.create', 'made a webhook'], ['webhook.update', 'changed a webhook'], ['webhook.rotate', 'made another secret'], ['webhook.delete', 'deleted a webhook'], ['webhook.stop', 'stopped a webhook'],
  ['session.create', 'signed in'], ['session.delete', 'signed out'], ['project.create', 'created a project'], ['server.reload', 'reloaded the servers'],
].map(([value = '', label = '']) => ({ value, label, prompt: /^(prompt|version|deployment|approval|emergency|rollback|release|label|sample)\./.test(value) }));
