// A person as initials on coloured paper. The colour follows the id, so it stays the same for a whole meeting.
import style from './Avatar.module.css';

const PAPERS = 6;

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s]/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
  const [first, last] = [words[0], words.length > 1 ? words[words.length - 1] : undefined];
  return (
    [first, last].map((word) => (word ? (Array.from(word)[0] ?? '').toLocaleUpperCase() : '')).join('') || '·'
  );
}

/** Which paper: a small stable hash of the id. */
export function paper(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % PAPERS;
}

export function Avatar({ id, name, speaking = false }: { id: string; name: string; speaking?: boolean }) {
  return (
    <span
      className={style.avatar}
      data-paper={paper(id)}
      data-speaking={speaking || undefined}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}
