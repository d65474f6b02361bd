// Writes a .br and a .gz beside every file of dist that gets smaller by it, and says what a first visit loads.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const packed = /\.(html|js|css|svg|json|webmanifest)$/;
const dist = new URL('../dist/', import.meta.url).pathname;

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

for (const path of files(dist).filter((path) => packed.test(path))) {
  const bytes = readFileSync(path);
  const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  const gz = gzipSync(bytes, { level: 9 });
  if (br.length < bytes.length) writeFileSync(`${path}.br`, br);
  if (gz.length < bytes.length) writeFileSync(`${path}.gz`, gz);
}

const html = readFileSync(join(dist, 'index.html'), 'utf8');
const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(js|css))"/g)];
const size = (kind) =>
  first
    .filter((match) => match[2] === kind)
    .reduce((sum, match) => sum + gzipSync(readFileSync(join(dist, match[1])), { level: 9 }).length, 0);
const script = size('js');
console.log(`first load, gzip: script ${(script / 1024).toFixed(1)} KiB, styles ${(size('css') / 1024).toFixed(1)} KiB`);
const limit = 60 * 1024;
if (script > limit) {
  console.error(`the first load may have ${limit / 1024} KiB of script; load pages and the editor when they are needed`);
  process.exit(1);
}
