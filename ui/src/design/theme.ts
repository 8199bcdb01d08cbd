// Which theme the page wears: the person's wish, or what the system asks for.

export type Theme = 'light' | 'dark' | 'contrast';
export type ThemeWish = Theme | 'system';

const DARK = '(prefers-color-scheme: dark)';
const CONTRAST = '(prefers-contrast: more)';

/** What a wish means on this system now. */
export function resolveTheme(wish: ThemeWish): Theme {
  if (wish !== 'system') return wish;
  if (window.matchMedia(CONTRAST).matches) return 'contrast';
  return window.matchMedia(DARK).matches ? 'dark' : 'light';
}

/** Dresses the page and follows the system from then on. Returns the way to stop following. */
export function wearTheme(wish: ThemeWish): () => void {
  const wear = () => {
    document.documentElement.dataset.theme = resolveTheme(wish);
  };
  wear();
  if (wish !== 'system') return () => {};
  const queries = [window.matchMedia(DARK), window.matchMedia(CONTRAST)];
  for (const query of queries) query.addEventListener('change', wear);
  return () => {
    for (const query of queries) query.removeEventListener('change', wear);
  };
}
