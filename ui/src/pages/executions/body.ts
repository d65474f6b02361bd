export type Message = { role: string; text: string };

/** What a body shows: a text, or messages; everything else as JSON. Nothing of it is ever markup. */
export type Shown = { kind: 'none' } | { kind: 'text'; text: string } | { kind: 'messages'; messages: readonly Message[] };

export function shown(value: unknown): Shown {
  if (value === null || value === undefined) return { kind: 'none' };
  if (typeof value === 'string') return { kind: 'text', text: value };
  const messages = messagesOf(value);
  return messages ? { kind: 'messages', messages } : { kind: 'text', text: JSON.stringify(value, null, 2) };
}

function messagesOf(value: unknown): Message[] | undefined {
  const list: unknown = Array.isArray(value) ? value : [value];
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const messages: Message[] = [];
  for (const one of list as unknown[]) {
    if (!one || typeof one !== 'object' || !('role' in one) || typeof one.role !== 'string' || !('content' in one)) return undefined;
    // What a message has beside its text, such as calls of tools, must not be hidden.
    const { role, content, ...rest } = one as { role: string; content: unknown };
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    messages.push({ role, text: Object.keys(rest).length > 0 ? `${text}\n${JSON.stringify(rest, null, 2)}` : text });
  }
  return messages;
}

/** More than this is shown when it is asked for. */
export const CLIP = 1600;

/** Cut between characters, never inside one. */
export function clipped(text: string, most = CLIP): string {
  if (text.length <= most) return text;
  const code = text.charCodeAt(most - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? most - 1 : most);
}

/** What the project's rules did to the bodies. */
export function keptWords(bodies: string | null): { none: string; note: string } {
  switch (bodies) {
    case 'dropped':
      return { none: 'Not kept: this project stores no bodies.', note: '' };
    case 'truncated':
      return { none: 'Not sent.', note: 'Bodies were cut at the length that this project keeps.' };
    case 'redacted':
      return { none: 'Not sent.', note: 'Parts of the bodies were replaced by rules of this project before they were stored.' };
    default:
      return { none: 'Not sent.', note: '' };
  }
}
