/** The text field of a message: CodeMirror, set up for templates. It lives in a shadow root, where its styles need no style element. */
import { autocompletion, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { indentUnit } from '@codemirror/language';
import { lintGutter, nextDiagnostic, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, highlightActiveLine, keymap, lineNumbers, type DecorationSet } from '@codemirror/view';
import { found } from '$lib/editor/variables';
import { tokens } from '$lib/template/tokens';
import { theme } from './code-theme';

export type Wiring = {
  text: string;
  label: string;
  changed: (text: string) => void;
  /** For Alt with an arrow. Absent: the arrow moves a line. */
  move?: (step: number) => void;
  /** Whether Tab indents now. */
  tab: (indents: boolean) => void;
  names: () => readonly string[];
  /** Names of prompts that can be included. */
  prompts: (start: string) => Promise<readonly string[]>;
  readOnly: boolean;
};

type Look = { template: string; fresh: readonly string[] };
export const setLook = StateEffect.define<Look>();

const look = StateField.define<Look>({
  create: () => ({ template: 'jinja', fresh: [] }),
  update: (value, transaction) => transaction.effects.find((effect) => effect.is(setLook))?.value ?? value,
});

const colours = StateField.define<DecorationSet>({
  create: (state) => paint(state),
  update: (value, transaction) => (transaction.docChanged || transaction.effects.some((effect) => effect.is(setLook)) ? paint(transaction.state) : value),
  provide: (field) => EditorView.decorations.from(field),
});

function paint(state: EditorState): DecorationSet {
  const { template, fresh } = state.field(look);
  const text = state.doc.toString();
  const builder = new RangeSetBuilder<Decoration>();
  for (const { kind, from, to } of tokens(text, template)) {
    const isNew = fresh.length > 0 && kind !== 'comment' && found(text.slice(from, to), template).some((one) => fresh.includes(one.name));
    builder.add(from, to, Decoration.mark({ class: `t-${kind}${isNew ? ' t-new' : ''}` }));
  }
  return builder.finish();
}

const KEYWORDS = ['if', 'elif', 'else', 'endif', 'for', 'endfor', 'set', 'include', 'raw', 'endraw'];

function complete({ names, prompts }: Wiring) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { template } = context.state.field(look);
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const included = template === 'jinja' && /\{%[-+]?\s*include\s+["']([^"']*)$/.exec(before);
    if (included) {
      const options = (await prompts(included[1] ?? '')).map((label): Completion => ({ label, type: 'text' }));
      return { from: context.pos - (included[1]?.length ?? 0), options, validFor: /^[^"']*$/ };
    }
    const word = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? '';
    const head = before.slice(0, before.length - word.length);
    const inside = template === 'jinja' ? /\{[{%][^}%]*$/.test(head) && !/[.|"']\s*$/.test(head) : template === 'single_brace' && /(^|[^{])\{$/.test(head);
    if (!inside || (word === '' && !context.explicit && !/\{[{%]?\s*$/.test(head))) return null;
    const options: Completion[] = names().map((label) => ({ label, type: 'variable' }));
    if (/\{%[-+]?\s*$/.test(head)) options.push(...KEYWORDS.map((label): Completion => ({ label, type: 'keyword' })));
    return { from: context.pos - word.length, options, validFor: /^\w*$/ };
  };
}

export function mountCode(host: HTMLElement, wiring: Wiring): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  // Bytes stay as they are: a text that came with CRLF keeps it.
  const crlf = wiring.text.includes('\r\n') && !/(^|[^\r])\n/.test(wiring.text);
  let indents = false;
  const toggleTab = (on: EditorView) => {
    indents = !indents;
    on.setTabFocusMode(!indents);
    on.dispatch({ effects: EditorView.announce.of(indents ? 'Tab indents' : 'Tab moves on') });
    wiring.tab(indents);
    return true;
  };
  const mover = (step: number) => ({
    run: () => {
      wiring.move?.(step);
      return true;
    },
  });
  const view: EditorView = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: wiring.text,
      extensions: [
        look,
        colours,
        theme,
        lintGutter(),
        lineNumbers(),
        highlightActiveLine(),
        history(),
        indentUnit.of('  '),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        EditorState.readOnly.of(wiring.readOnly),
        EditorView.contentAttributes.of({ 'aria-label': wiring.label, spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
        autocompletion({ override: [complete(wiring)], icons: false }),
        keymap.of([
          ...(wiring.move ? [{ key: 'Alt-ArrowUp', ...mover(-1) }, { key: 'Alt-ArrowDown', ...mover(1) }] : []),
          { key: 'Ctrl-m', run: toggleTab },
          { key: 'F8', run: nextDiagnostic },
          ...completionKeymap,
          ...historyKeymap,
          indentWithTab,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) wiring.changed(crlf ? update.state.sliceDoc().replaceAll('\n', '\r\n') : update.state.sliceDoc());
        }),
      ],
    }),
  });
  // Tab moves on; Ctrl M lets it indent.
  view.setTabFocusMode(true);
  return view;
}

export function replaceText(view: EditorView, text: string): void {
  if (view.state.sliceDoc() !== text.replace(/\r\n?/g, '\n')) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

export function insertText(view: EditorView, text: string): void {
  view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true });
  view.focus();
}

export function showProblems(view: EditorView, problems: readonly Diagnostic[]): void {
  const end = view.state.doc.length;
  const within = problems.map((one) => ({ ...one, from: Math.min(one.from, end), to: Math.min(one.to, end) }));
  view.dispatch(setDiagnostics(view.state, within));
}

export type { Diagnostic };
