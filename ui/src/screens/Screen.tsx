// Which screen is shown: decided by the engine's snapshot, and by the few steps that only the person takes.
import { useEffect, useState } from 'react';
import type { RecordId } from '../backend/types/RecordId.ts';
import { useEngine, useEngineLost, useSnapshot } from '../state/engine.tsx';
import { preferences } from '../state/preferences.ts';
import { useLanguage } from '../texts/language.ts';
import { RecordScreen } from './archive/RecordScreen.tsx';
import { CallScreen } from './call/CallScreen.tsx';
import { EndedScreen } from './call/EndedScreen.tsx';
import { LoadingScreen, LostScreen } from './page/Waiting.tsx';
import type { JoinWish } from './start/joinWish.ts';
import { StartScreen } from './start/StartScreen.tsx';
import { BrokenScreen } from './vault/BrokenScreen.tsx';
import { CreateScreen } from './vault/CreateScreen.tsx';
import { UnlockScreen } from './vault/UnlockScreen.tsx';

export function Screen() {
  useLanguage();
  const engine = useEngine();
  const snapshot = useSnapshot();
  const lost = useEngineLost();
  const [reading, setReading] = useState<RecordId | null>(null);
  const [lastWish, setLastWish] = useState<JoinWish | null>(null);
  const [endSeen, setEndSeen] = useState(false);
  const [settingUp, setSettingUp] = useState(false);
  const running = snapshot?.meeting && !snapshot.meeting.ended;

  useEffect(() => {
    if (running) setEndSeen(false);
  }, [running]);
  useEffect(() => {
    const { input, output } = preferences();
    if (input !== null || output !== null) void engine.request({ kind: 'chooseDevices', input, output });
  }, [engine]);
  useEffect(() => {
    document.title = running && snapshot?.place ? `${snapshot.place} – Ranzen` : 'Ranzen';
  }, [running, snapshot?.place]);

  if (lost) return <LostScreen />;
  if (!snapshot) return <LoadingScreen />;
  // The code is shown once: its screen must stay although the vault is open by then.
  if (snapshot.vault === 'missing' || settingUp) {
    return <CreateScreen onSettingUp={setSettingUp} />;
  }
  if (snapshot.vault === 'locked') return <UnlockScreen />;
  if (snapshot.vault === 'broken') return <BrokenScreen problem={snapshot.vaultProblem} />;
  if (snapshot.meeting && running) return <CallScreen meeting={snapshot.meeting} snapshot={snapshot} />;
  if (reading !== null) return <RecordScreen id={reading} onBack={() => setReading(null)} />;
  if (snapshot.meeting?.ended && !endSeen) {
    return (
      <EndedScreen
        reason={snapshot.meeting.ended}
        place={snapshot.place}
        entered={snapshot.meeting.own !== null}
        chatKept={snapshot.meeting.chat.length > 0}
        lastWish={lastWish}
        onHome={() => setEndSeen(true)}
        onRead={(id) => {
          setEndSeen(true);
          setReading(id);
        }}
      />
    );
  }
  return <StartScreen audioProblem={snapshot.audioProblem} onWish={setLastWish} onRead={setReading} />;
}
