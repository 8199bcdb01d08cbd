// The whole window: language and theme around the screen the engine's state asks for.
import { useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import type { Backend } from './backend/Backend.ts';
import { Announcer } from './design/components/Announcer.tsx';
import { wearTheme } from './design/theme.ts';
import { Screen } from './screens/Screen.tsx';
import { EngineProvider } from './state/engine.tsx';
import { usePreferences } from './state/preferences.ts';
import { speak, useLanguage } from './texts/language.ts';

export function App({ backend }: { backend: Backend }) {
  const { language: wish, theme } = usePreferences();
  const language = useLanguage();
  useEffect(() => wearTheme(theme), [theme]);
  useEffect(() => speak(wish), [wish]);
  return (
    <I18nProvider locale={language === 'de' ? 'de-DE' : 'en-GB'}>
      <EngineProvider backend={backend}>
        <Announcer>
          <Screen />
        </Announcer>
      </EngineProvider>
    </I18nProvider>
  );
}
