import type { Comparison, ContractChange } from '../api/types';
import { many, signed } from '../format/text';

type Verdict = Comparison['forward'];

/** What a change of the contract means to those who call, in one or two sentences. */
export function changeWords(change: ContractChange): string {
  const { code, subject, detail } = change;
  const it = `\`${subject}\``;
  switch (code) {
    case 'required_variable_added':
      return `${it} is new and required. Callers that do not send it will get an error.`;
    case 'variable_newly_required':
      return `${it} must now be given. Callers that leave it out will get an error.`;
    case 'variable_removed':
      return `${it} is gone. Callers that send it are not refused, but it has no effect any more.`;
    case 'variable_default_removed':
      return `${it} has no default any more. Where callers leave it out, nothing stands there.`;
    case 'variable_schema_changed':
      return `What ${it} may be has changed. Values that were fine may be refused.`;
    case 'optional_variable_added':
      return `${it} is new and may be left out.`;
    case 'variable_now_optional':
      return `${it} may now be left out.`;
    case 'setting_changed':
      return detail.endsWith('is new.') ? `The setting ${it} is new.` : detail.endsWith('is gone.') ? `The setting ${it} is gone.` : `The setting ${it} has another value.`;
    case 'template_changed':
      return `${detail.replace(/\.$/, '')}. Text in braces is read differently.`;
    case 'roles_changed':
      return 'The messages have other roles, or another order.';
    case 'placeholders_changed':
      return `${detail.replace(/\.$/, '')}. Callers that fill them have to follow.`;
    case 'response_schema_changed':
      return 'The form of the answer has changed. Code that reads answers has to follow.';
    case 'tools_changed':
      return 'The tools have changed. Code that runs them has to follow.';
    case 'kind_changed':
      return `${detail.replace(/\.$/, '')}. Callers get something of another form.`;
    default:
      return detail;
  }
}

export const breaking = (verdict: Verdict): ContractChange[] => verdict.changes.filter((change) => change.bump === 'major');

/** Whether `to` can stand where callers expect `from`. */
export function verdictWords(verdict: Verdict, from: string, to: string): string {
  const breaks = breaking(verdict).length;
  if (verdict.replaceable) {
    return verdict.changes.length === 0
      ? `The contract is the same: callers of ${from} can be given ${to} as they are.`
      : `Callers of ${from} can be given ${to} as they are.`;
  }
  return `Callers of ${from} cannot be given ${to} unseen: ${breaks === 1 ? 'one change breaks' : `${breaks} changes break`} what they rely on.`;
}

/** "+31 characters" and "−18 characters"; empty where there are none. */
export function sizeWords(content: Comparison['content']): { plus: string; minus: string } {
  const said = (n: number) => `${signed(n)} ${Math.abs(n) === 1 ? 'character' : 'characters'}`;
  return { plus: content.added_chars ? said(content.added_chars) : '', minus: content.removed_chars ? said(-content.removed_chars) : '' };
}

/** "3 lines of 2 of 3 messages"; empty where the text is the same. */
function linesWords(content: Comparison['content']): string {
  const lines = Math.max(content.added_lines, content.removed_lines);
  const messages = content.messages ?? [];
  const changed = messages.filter((message) => message.change !== 'equal').length;
  const among = changed > 0 ? `${changed} of ${many(messages.length, 'message')}` : '';
  if (lines === 0) return among;
  return among ? `${many(lines, 'line')} of ${among}` : many(lines, 'line');
}

/** "in 3 lines of 2 of 3 messages, 2 variables, 1 setting". */
export function placesWords(comparison: Comparison): string {
  const { content, variables, settings, metadata } = comparison;
  const parts = [
    linesWords(content),
    variables.length > 0 ? many(variables.length, 'variable') : '',
    settings.length > 0 ? many(settings.length, 'setting') : '',
    metadata.length > 0 ? many(metadata.length, 'field of the metadata', 'fields of the metadata') : '',
    comparison.template ? 'the template language' : '',
  ].filter(Boolean);
  return parts.length > 0 ? `in ${parts.join(', ')}` : '';
}

/** What of the text alone differs: "+31 characters, −18 characters in 3 lines". */
export function textWords(content: Comparison['content']): string {
  const { plus, minus } = sizeWords(content);
  const size = [plus, minus].filter(Boolean).join(', ');
  const lines = linesWords(content);
  if (!size) return lines ? `The same words, ${lines} elsewhere` : 'The same';
  return lines ? `${size} in ${lines}` : size;
}

/** Nothing that is served differs: text, variables, settings and language are the same. */
export const sameContent = ({ content, variables, settings, template }: Comparison): boolean =>
  content.added_lines + content.removed_lines === 0 &&
  (content.messages ?? []).every((message) => message.change === 'equal') &&
  variables.length + settings.length === 0 &&
  !template;
