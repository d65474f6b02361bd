// Puts the icons that are used into one sprite. Lucide, ISC licence. With --check: is the committed one as it would be?
import { readFileSync, writeFileSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url);
const names = [...readFileSync(here('../src/lib/ui/icons.ts'), 'utf8').matchAll(/'([a-z0-9-]+)'/g)].map((match) => match[1]).sort();
const symbols = names.map((name) => {
  const svg = readFileSync(here(`../node_modules/lucide-static/icons/${name}.svg`), 'utf8');
  const inner = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/[\s\S]*?<svg[^>]*>/, '').replace('</svg>', '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, ' ').trim()}</symbol>`;
});
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`;
const target = here('../src/lib/ui/sprite.svg');
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== sprite) {
    console.error('src/lib/ui/sprite.svg is not what icons.ts asks for; run `npm run icons`');
    process.exit(1);
  }
} else {
  writeFileSync(target, sprite);
}
