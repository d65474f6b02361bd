/** What the save bar says of the changes for callers, and how they can be spared. */
import type { ContractChange } from '../api/types';
import { many } from '../format/text';

/** What stands in front: how many changes break callers, or what the new number says. */
export function headline(changes: readonly ContractChange[], first: boolean): string {
  if (first) return 'First version.';
  const breaking = changes.filter((change) => change.bump === 'major').length;
  if (breaking > 0) return `${many(breaking, 'breaking change')}:`;
  if (changes.length > 0) return 'Nothing to do for callers.';
  return 'Only the words changed.';
}

/** Breaking ones first. */
export const sorted = (changes: readonly ContractChange[]): ContractChange[] =>
  [...changes.filter((change) => change.bump === 'major'), ...changes.filter((change) => change.bump !== 'major')];

/** How callers can be spared, where there is a simple way. */
export type Remedy = { label: string; does: 'optional' | 'keep'; names: string[] };

export function remedy(changes: readonly ContractChange[]): Remedy | undefined {
  const breaking = changes.filter((change) => change.bump === 'major');
  const names = (codes: string[]) => breaking.filter((change) => codes.includes(change.code)).map((change) => change.subject);
  const required = names(['required_variable_added', 'variable_newly_required']);
  if (required.length > 0) return { label: required.length === 1 ? 'Make it optional instead' : 'Make them optional instead', does: 'optional', names: required };
  const gone = names(['variable_removed']);
  if (gone.length > 0) return { label: gone.length === 1 ? 'Keep it declared instead' : 'Keep them declared instead', does: 'keep', names: gone };
  return undefined;
}
