// Is the window too narrow for two columns?
import { useSyncExternalStore } from 'react';

const QUERY = '(max-width: 52rem)';

export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(QUERY);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => window.matchMedia(QUERY).matches,
  );
}
