// Checks the language catalogue before it is compiled: a text missing in one language fails the build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const read = (language) => JSON.parse(readFileSync(join(root, 'messages', `${language}.json`), 'utf8'));
const languages = { de: read('de'), en: read('en') };
const faults = [];

const placeholders = (text) =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map((hit) => hit[1])
    .sort()
    .join(' ');

/** Everything the window's own source says, to find texts nobody shows. */
function source(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'generated' ? '' : source(path);
      return /\.tsx?$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}

for (const [language, texts] of Object.entries(languages)) {
  const keys = Object.keys(texts);
  const sorted = [...keys].sort();
  const stray = keys.find((key, at) => key !== sorted[at]);
  if (stray) faults.push(`${language}: keys are not sorted at "${stray}"`);
  for (const [key, text] of Object.entries(texts)) {
    if (!/^[a-z][a-z0-9_]*$/.test(key)) faults.push(`${language}: "${key}" is no flat lower-case key`);
    if (typeof text !== 'string' || text.trim() === '') faults.push(`${language}: "${key}" has no text`);
  }
}
for (const key of new Set([...Object.keys(languages.de), ...Object.keys(languages.en)])) {
  const [de, en] = [languages.de[key], languages.en[key]];
  if (de === undefined || en === undefined) {
    faults.push(`"${key}" is missing in ${de === undefined ? 'German' : 'English'}`);
  } else if (placeholders(String(de)) !== placeholders(String(en))) {
    faults.push(`"${key}" has other placeholders in English than in German`);
  }
}
const code = source(join(root, 'src'));
for (const key of Object.keys(languages.de)) {
  const spoken = /^(problem|cli)_/.test(key) || new RegExp(`\\bm\\.${key}\\b`).test(code);
  if (!spoken) faults.push(`"${key}" is shown nowhere`);
}
// Every problem the engine can tell needs its cause and what to do.
const codes = readFileSync(join(root, 'src/backend/types/Code.ts'), 'utf8').matchAll(/"(RZ-[A-Z-]+)"/g);
for (const [, name] of codes) {
  const stem = `problem_${name.toLowerCase().replaceAll('-', '_')}`;
  for (const part of ['cause', 'action']) {
    if (!(`${stem}_${part}` in languages.de)) faults.push(`"${stem}_${part}" is missing`);
  }
}
if (faults.length > 0) {
  process.stderr.write(`${faults.map((fault) => `messages: ${fault}`).join('\n')}\n`);
  process.exit(1);
}
