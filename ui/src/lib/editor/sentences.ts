/** What a change means to callers, in words. Names of variables stand between backquotes; the page sets them as code. */
import type { ContractChange } from '../api/types';
import { many } from '../format/text';

export function sentence({ code, subject, detail }: Pick<ContractChange, 'code' | 'subject' | 'detail'>): string {
  const name = `\`${subject}\``;
  switch (code) {
    case 'required_variable_added':
      return `${name} is new and required. Callers that do not send it will get an error.`;
    case 'variable_newly_required':
      return `${name} must now be sent. Callers that leave it out will get an error.`;
    case 'variable_default_removed':
      return `${name} lost its default. Callers that leave it out get nothing in its place.`;
    case 'variable_removed':
      return `${name} is gone. Callers that still send it see no effect.`;
    case 'variable_schema_changed':
      return `What ${name} may be has changed. Values that callers send may no longer fit.`;
    case 'placeholders_changed':
      return 'The history slots changed. Callers that fill them have to follow.';
    case 'response_schema_changed':
      return 'The form of the answer changed. Code that reads it has to follow.';
    case 'tools_changed':
      return 'The tools changed. Code that answers their calls has to follow.';
    case 'kind_changed':
      return 'It is of another kind now. Callers get another form of answer.';
    case 'optional_variable_added':
      return `${name} may now be sent.`;
    case 'variable_now_optional':
      return `${name} may now be left out.`;
    case 'setting_changed':
      return `${name} ${/gone/.test(detail) ? 'is no longer set' : /new/.test(detail) ? 'is set now' : 'has another value'}.`;
    case 'template_changed':
      return 'The template language changed.';
    case 'roles_changed':
      return 'The roles of the messages, or their order, changed.';
    default:
      return detail;
  }
}

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

/** The sentence cut where names stand: those between backquotes are code. */
export const pieces = (text: string): { text: string; code: boolean }[] =>
  text.split('`').map((piece, i) => ({ text: piece, code: i % 2 === 1 })).filter((piece) => piece.text !== '');
