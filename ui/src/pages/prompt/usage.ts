import type { Variable } from '$lib/api/types';

export type Language = 'curl' | 'Python' | 'TypeScript' | 'Rust';
export const LANGUAGES: readonly Language[] = ['curl', 'Python', 'TypeScript', 'Rust'];

type Use = { server: string; name: string; environment: string; variables: readonly Variable[] };

/** A value of the right kind, to be replaced. */
function example(variable: Variable): unknown {
  const type = (variable.schema as { type?: string } | null | undefined)?.type;
  switch (type) {
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return '…';
  }
}

/** How an application gets this prompt: as short as it really works. */
export function snippet(language: Language, { server, name, environment, variables }: Use): string {
  const needed = variables.filter((variable) => variable.required !== false && variable.default === undefined);
  const given = Object.fromEntries(needed.map((variable) => [variable.name, example(variable)]));
  const json = JSON.stringify(given, null, 2);
  const indent = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);
  const quoted = JSON.stringify(name);
  switch (language) {
    case 'curl':
      return [
        `curl -s ${server}/api/v1/prompts/${encodeURIComponent(name)}/resolve \\`,
        `  -H "Authorization: Bearer $PROMPTORY_KEY" \\`,
        `  -H "Content-Type: application/json" \\`,
        `  -d '${JSON.stringify({ environment, variables: given }).replaceAll("'", String.raw`'\''`)}'`,
      ].join('\n');
    case 'Python':
      return [
        'from promptory_client import Client',
        '',
        `prompts = Client("${server}", os.environ["PROMPTORY_KEY"], environment="${environment}")`,
        `reply = prompts.resolve(${quoted}, variables=${python(json)})`,
      ].join('\n');
    case 'TypeScript':
      return [
        `const answer = await fetch("${server}/api/v1/prompts/${encodeURIComponent(name)}/resolve", {`,
        '  method: "POST",',
        '  headers: {',
        '    Authorization: `Bearer ${process.env.PROMPTORY_KEY}`,',
        '    "Content-Type": "application/json",',
        '  },',
        `  body: JSON.stringify({ environment: "${environment}", variables: ${indent(json, '  ')} }),`,
        '});',
        'const prompt = await answer.json();',
      ].join('\n');
    case 'Rust':
      return rust(server, quoted, environment, json);
  }
}

const python = (json: string) => json.replaceAll(/: true/g, ': True');

function rust(server: string, quoted: string, environment: string, json: string): string {
  return [
    `let prompts = Client::builder("${server}", key)`,
    `    .environment("${environment}")`,
    `    .build()`,
    `    .await?;`,
    `let reply = prompts`,
    `    .resolve(${quoted})`,
    `    .variables(json!(${json.replaceAll('\n', '\n    ')}))`,
    `    .await?;`,
  ].join('\n');
}
