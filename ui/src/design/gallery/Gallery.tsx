// All components. Words here are samples for builders and stay out of the catalogue.
import { type ReactNode, useState } from 'react';
import type { Problem } from '../../backend/types/Problem.ts';
import { Announcer } from '../components/Announcer.tsx';
import { Avatar } from '../components/Avatar.tsx';
import { Badge } from '../components/Badge.tsx';
import { BarButton } from '../components/BarButton.tsx';
import { Button } from '../components/Button.tsx';
import { CardList } from '../components/CardList.tsx';
import { Checkbox } from '../components/Checkbox.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { IconButton } from '../components/IconButton.tsx';
import { Meter } from '../components/Meter.tsx';
import { Notice } from '../components/Notice.tsx';
import { SearchField } from '../components/SearchField.tsx';
import { SecretField } from '../components/SecretField.tsx';
import { Select } from '../components/Select.tsx';
import { Sheet } from '../components/Sheet.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { Switch } from '../components/Switch.tsx';
import { Tabs } from '../components/Tabs.tsx';
import { TextArea } from '../components/TextArea.tsx';
import { TextField } from '../components/TextField.tsx';
import { ToggleButton } from '../components/ToggleButton.tsx';
import satchel from '../icons/satchel.svg';
import { wearTheme } from '../theme.ts';
import style from './Gallery.module.css';
import { Palette } from './Palette.tsx';

const PROBLEM: Problem = { code: 'RZ-NET-DNS', values: { host: 'meet.example.org' }, chain: 'lookup failed' };

function Part({ name, children }: { name: string; children: ReactNode }) {
  const id = name.toLowerCase().replaceAll(/\W+/g, '-');
  return (
    <section className={style.part} aria-labelledby={id}>
      <h2 id={id}>{name}</h2>
      <div className={style.row}>{children}</div>
    </section>
  );
}

export function Gallery() {
  const [open, setOpen] = useState(false);
  const [choice, setChoice] = useState('b');
  const [tab, setTab] = useState('one');
  const [text, setText] = useState('Eine Zeile\nund noch eine');
  const [query, setQuery] = useState('Hausaufgaben');
  return (
    <Announcer>
      <main className={style.page}>
        <header className={style.head}>
          <img src={satchel} alt="" width="72" height="72" />
          <div>
            <h1>Ranzen – Gestaltung</h1>
            <p>Papier, Tinte, ein Leder. Literata für Titel, Atkinson Hyperlegible Next für alles andere.</p>
          </div>
        </header>
        <Part name="Themen">
          <Button onPress={() => wearTheme('light')}>Hell</Button>
          <Button onPress={() => wearTheme('dark')}>Dunkel</Button>
          <Button onPress={() => wearTheme('contrast')}>Hoher Kontrast</Button>
        </Part>
        <Palette />
        <Part name="Schrift">
          <div className={style.stack}>
            <p className={style.title1}>Titel eins: Guten Morgen</p>
            <p className={style.title2}>Titel zwei: Klasse 7b</p>
            <p className={style.title3}>Titel drei: Teilnehmende</p>
            <p>Fließtext: Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.</p>
            <p className={style.small}>Klein: 14:05 Uhr, 1 l 0 O unterscheidbar</p>
          </div>
        </Part>
        <Part name="Button">
          <Button kind="primary">Teilnehmen</Button>
          <Button icon="copy">Kopieren</Button>
          <Button kind="plain" icon="back">
            Zurück
          </Button>
          <Button kind="danger" icon="leave">
            Verlassen
          </Button>
          <Button isDisabled>Aus</Button>
          <Button kind="primary" isBusy>
            Wird verbunden …
          </Button>
        </Part>
        <Part name="IconButton, ToggleButton">
          <IconButton label="Einstellungen" icon="settings" />
          <IconButton label="Schließen" icon="close" isDisabled />
          <ToggleButton icon="mic">Mikrofon prüfen</ToggleButton>
          <ToggleButton icon="mic" defaultSelected>
            Prüfung läuft
          </ToggleButton>
        </Part>
        <Part name="BarButton">
          <BarButton label="Stumm schalten" icon="mic" />
          <BarButton label="Mikrofon einschalten" icon="micOff" tone="off" />
          <BarButton label="Hand senken" icon="hand" tone="on" />
          <BarButton label="Hand heben" icon="hand" isDisabled />
          <BarButton label="Verlassen" icon="leave" tone="leave" />
        </Part>
        <Part name="Felder">
          <div className={style.field}>
            <TextField label="Link" hint="Aus der Einladung kopieren" placeholder="https://…" />
          </div>
          <div className={style.field}>
            <TextField
              label="Link"
              good="Führt zu meet.example.org/7b"
              defaultValue="https://meet.example.org/7b"
            />
          </div>
          <div className={style.field}>
            <TextField label="Link" error="Das ist kein Link." defaultValue="7b" />
          </div>
          <div className={style.field}>
            <SecretField label="Passphrase" defaultValue="vier stille Wörter" />
          </div>
          <div className={style.field}>
            <TextArea label="Nachricht" value={text} onChange={setText} hint="Eingabe sendet" />
          </div>
          <div className={style.field}>
            <SearchField label="Suchen" value={query} onChange={setQuery} />
          </div>
          <div className={style.field}>
            <Select
              label="Mikrofon"
              choices={[
                { id: 'a', name: 'Standard des Systems' },
                { id: 'b', name: 'Headset' },
              ]}
              chosen={choice}
              onChoose={setChoice}
            />
          </div>
          <div className={style.field}>
            <Select
              label="Mikrofon"
              choices={[]}
              chosen=""
              onChoose={setChoice}
              error="Kein Mikrofon gefunden"
            />
          </div>
        </Part>
        <Part name="Switch, Checkbox">
          <Switch>Stumm beginnen</Switch>
          <Switch defaultSelected>An</Switch>
          <Switch isDisabled>Nicht möglich</Switch>
          <Checkbox>Noch nicht</Checkbox>
          <Checkbox defaultSelected>Aufbewahrt</Checkbox>
        </Part>
        <Part name="Meter">
          <div className={style.field}>
            <Meter label="Leise" level={0.002} />
            <Meter label="Sprache" level={0.12} />
            <Meter label="Zu laut" level={0.98} />
          </div>
        </Part>
        <Part name="Avatar, Badge, Spinner">
          <Avatar id="a" name="Mia Lorenz" />
          <Avatar id="b" name="Jonas" speaking />
          <Avatar id="c" name="Øystein Ångström" />
          <Avatar id="d" name="" />
          <Badge>Leitung</Badge>
          <Badge tone="warm" icon="hand">
            2.
          </Badge>
          <Badge tone="good" icon="check">
            Verbunden
          </Badge>
          <Badge tone="bad" icon="micOff">
            stumm
          </Badge>
          <Spinner />
        </Part>
        <Part name="Notice">
          <Notice problem={PROBLEM} onDismiss={() => {}} />
        </Part>
        <Part name="EmptyState">
          <EmptyState
            icon="page"
            title="Noch nichts aufbewahrt"
            text="Nach dem ersten Meeting liegt sein Chat hier."
          />
        </Part>
        <Part name="CardList">
          <div className={style.field}>
            <CardList
              label="Karten"
              items={['Klasse 7b', 'Elternabend']}
              idOf={(item) => item}
              textOf={(item) => item}
              onOpen={() => {}}
            >
              {(item) => item}
            </CardList>
          </div>
        </Part>
        <Part name="Tabs">
          <div className={style.field}>
            <Tabs
              label="Ansichten"
              chosen={tab}
              onChoose={setTab}
              sheets={[
                { id: 'one', title: 'Teilnehmende (5)', content: <p>Karten</p> },
                { id: 'two', title: 'Chat', content: <p>Nachrichten</p> },
              ]}
            />
          </div>
        </Part>
        <Part name="Sheet, Dialog">
          <div className={style.field}>
            <Sheet edge>
              <p>Ein Bogen mit Lederkante.</p>
            </Sheet>
          </div>
          <Button onPress={() => setOpen(true)}>Dialog öffnen</Button>
          <Dialog title="Ein Dialog" isOpen={open} onClose={() => setOpen(false)}>
            <p>Escape schließt ihn.</p>
          </Dialog>
        </Part>
      </main>
    </Announcer>
  );
}
