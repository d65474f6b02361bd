import type { Decision } from '../api/approvals';
import type { Approval, Deployment } from '../api/types';
import { everybody, share, units } from '../deployment/words';
import { many } from '../format/text';
import type { IconName } from '../ui/icons';
import { missing, stageWords, subjectLine } from './words';

export type Effect = { label: string; text: string };

/** What happens once the last approval is there. */
export function afterwards(one: Approval, deployment: Deployment | undefined): string {
  const { environment } = one;
  switch (one.kind) {
    case 'policy':
      return `The new rules of ${environment} hold at once.`;
    case 'unfreeze':
      return `${environment} takes new things again.`;
    case 'release':
      return one.release_id ? `All of it starts at once, in ${environment}.` : 'Nothing changes for callers by itself.';
    case 'archive':
      return `${one.prompt ?? ''} is archived: callers in ${environment} get it no more.`;
    default: {
      if (!deployment || deployment.state !== 'pending_approval') return `${one.version ?? ''} may be deployed to ${environment}. Nothing changes for callers by itself.`;
      if (deployment.hold) return 'It waits until somebody starts it. Nothing changes for callers before.';
      const first = deployment.steps[0]?.percentage ?? 100;
      return everybody(first) ? `Everyone in ${environment} gets ${deployment.version} at once.` : `It starts at once: ${share(first)} of ${units(deployment.unit)} in ${environment} get ${deployment.version}.`;
    }
  }
}

/** What a decision will do, before it is made. */
export function effects(decision: Decision, one: Approval, deployment: Deployment | undefined): Effect[] {
  const waits = deployment?.state === 'pending_approval' || deployment?.state === 'scheduled';
  const given = one.kind === 'release' ? 'All of the release is given up. Nothing changes for callers.' : waits ? `The deployment of ${deployment?.version ?? ''} is given up. Nothing changes for callers.` : 'Nothing changes for callers.';
  switch (decision) {
    case 'approve': {
      const here = one.stages.find((stage) => stage.name === one.stage);
      const left = here ? missing(here) - 1 : 0;
      const rest = one.stages.filter((stage) => stage.name !== one.stage && missing(stage) > 0);
      const next = rest[0];
      return [
        ...(here ? [{ label: here.name, text: left > 0 ? `Yours counts. ${many(left, 'approval')} more ${left === 1 ? 'is' : 'are'} missing.` : 'Yours is the last that this stage misses.' }] : []),
        { label: 'Then', text: left > 0 ? 'Nothing changes yet.' : next ? `${next.name}: ${stageWords(next)}. Nothing changes yet.` : afterwards(one, deployment) },
      ];
    }
    case 'request-changes':
      return [{ label: 'Request', text: 'It stays open, and is not approved until you approve it yourself.' }, { label: 'Traffic', text: 'Nothing changes for callers.' }];
    case 'reject':
      return [{ label: 'Request', text: 'That is final: it has to be asked for anew.' }, { label: 'Traffic', text: given }];
    case 'withdraw':
      return [{ label: 'Request', text: 'Nobody can decide it any more. It can be asked for anew.' }, { label: 'Traffic', text: given }];
    case 'comment':
      return [];
  }
}

/** Where to, unless what it is about says so. */
const placed = (one: Approval): string => (one.prompt || one.kind === 'release' ? ` for ${one.environment}` : '');

export type Wording = { title: string; button: string; icon: IconName; danger?: true; why: string };

export function wording(decision: Decision, one: Approval): Wording {
  const what = subjectLine(one);
  const place = placed(one);
  switch (decision) {
    case 'approve':
      return { title: `Approve ${what}${place}`, button: `Approve${one.stage ? ` ${one.stage}` : ''}`, icon: 'check', why: 'Stands beside your approval.' };
    case 'request-changes':
      return { title: `Request changes of ${what}${place}`, button: 'Request changes', icon: 'message-square-warning', why: 'Say what has to change.' };
    case 'reject':
      return { title: `Reject ${what}${place}`, button: 'Reject', icon: 'ban', danger: true, why: 'Say why: whoever asked reads it.' };
    case 'withdraw':
      return { title: `Withdraw ${what}${place}`, button: 'Withdraw the request', icon: 'undo-2', danger: true, why: 'Stands beside the request.' };
    case 'comment':
      return { title: `Comment on ${what}`, button: 'Comment', icon: 'message-square', why: '' };
  }
}

/** What is told when it was done, by how the request stands then. */
export function told(decision: Decision, after: Approval): string {
  const what = subjectLine(after);
  if (decision === 'approve') return after.state === 'approved' ? `${what} is approved${placed(after)}` : after.stage ? `Your approval counts. ${what} waits for ${after.stage}` : 'Your approval counts';
  if (decision === 'request-changes') return `You asked for changes of ${what}`;
  return decision === 'reject' ? `${what} is rejected` : `The request for ${what} is withdrawn`;
}
