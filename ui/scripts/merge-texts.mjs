// Adds texts to both languages and keeps the files sorted: `node scripts/merge-texts.mjs < lines`,
// each line `key | German | English`.
import { readFileSync, writeFileSync } from 'node:fs';

const lines = readFileSync(0, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '');
for (const [at, language] of [
  [1, 'de'],
  [2, 'en'],
]) {
  const path = new URL(`../messages/${language}.json`, import.meta.url);
  const texts = JSON.parse(readFileSync(path, 'utf8'));
  for (const line of lines) {
    const parts = line.split(' | ').map((part) => part.trim());
    if (parts.length !== 3) throw new Error(`not "key | German | English": ${line}`);
    texts[parts[0]] = parts[at];
  }
  const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(sorted, null, 2)}\n`);
}
