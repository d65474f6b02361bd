export type Sample = 'curl' | 'Python' | 'TypeScript';

/** How an application reports one call: as short as it really works. */
export function recorded(language: Sample, server: string, prompt: string): string {
  const execution = { prompt, version: '1.0.0', status: 'success', latency_ms: 820, input_tokens: 412, output_tokens: 96, provider: 'openai', model: 'gpt-4o-mini' };
  const json = JSON.stringify(execution, null, 2);
  switch (language) {
    case 'curl':
      return [
        `curl -s ${server}/api/v1/executions \\`,
        `  -H "Authorization: Bearer $PROMPTORY_KEY" \\`,
        `  -H "Content-Type: application/json" \\`,
        `  -d '${json.replaceAll("'", String.raw`'\''`).replaceAll('\n', '\n  ')}'`,
      ].join('\n');
    case 'Python':
      return [
        'import json, os, urllib.request',
        '',
        `execution = ${json}`,
        'urllib.request.urlopen(urllib.request.Request(',
        `    "${server}/api/v1/executions",`,
        '    data=json.dumps(execution).encode(),',
        '    headers={"Authorization": f"Bearer {os.environ[\'PROMPTORY_KEY\']}", "Content-Type": "application/json"},',
        '))',
      ].join('\n');
    case 'TypeScript':
      return [
        `await fetch("${server}/api/v1/executions", {`,
        '  method: "POST",',
        '  headers: { Authorization: `Bearer ${process.env.PROMPTORY_KEY}`, "Content-Type": "application/json" },',
        `  body: JSON.stringify(${json.replaceAll('\n', '\n  ')}),`,
        '});',
      ].join('\n');
  }
}
