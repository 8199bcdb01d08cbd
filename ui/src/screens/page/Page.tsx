// The frame of every page outside a call: the house's name, settings, and the sheet.
import { type ReactNode, useState } from 'react';
import { IconButton } from '../../design/components/IconButton.tsx';
import { m } from '../../texts/texts.ts';
import { Logo } from './Logo.tsx';
import style from './Page.module.css';
import { SettingsDialog } from './SettingsDialog.tsx';

export function Page({ children, narrow = false }: { children: ReactNode; narrow?: boolean }) {
  const [settings, setSettings] = useState(false);
  return (
    <div className={style.page}>
      <header className={style.head}>
        <Logo />
        <IconButton label={m.settings_open()} icon="settings" onPress={() => setSettings(true)} />
      </header>
      <main className={style.main} data-narrow={narrow || undefined}>
        {children}
      </main>
      <SettingsDialog isOpen={settings} onClose={() => setSettings(false)} />
    </div>
  );
}
