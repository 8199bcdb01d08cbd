// Language and look.
import { Dialog } from '../../design/components/Dialog.tsx';
import { Select } from '../../design/components/Select.tsx';
import type { ThemeWish } from '../../design/theme.ts';
import { prefer, usePreferences } from '../../state/preferences.ts';
import type { LanguageWish } from '../../texts/language.ts';
import { m } from '../../texts/texts.ts';

export function SettingsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { language, theme } = usePreferences();
  return (
    <Dialog title={m.settings_title()} isOpen={isOpen} onClose={onClose}>
      <Select
        label={m.language_label()}
        chosen={language}
        onChoose={(id) => prefer({ language: id as LanguageWish })}
        choices={[
          { id: 'system', name: m.language_system() },
          { id: 'de', name: m.language_de() },
          { id: 'en', name: m.language_en() },
        ]}
      />
      <Select
        label={m.theme_label()}
        chosen={theme}
        onChoose={(id) => prefer({ theme: id as ThemeWish })}
        choices={[
          { id: 'system', name: m.theme_system() },
          { id: 'light', name: m.theme_light() },
          { id: 'dark', name: m.theme_dark() },
          { id: 'contrast', name: m.theme_contrast() },
        ]}
      />
    </Dialog>
  );
}
