// The call's controls. What is shown is what the engine says, not what was pressed.
import { useEffect, useState } from 'react';
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import type { Request } from '../../backend/types/Request.ts';
import { useAnnounce } from '../../design/components/Announcer.tsx';
import { BarButton } from '../../design/components/BarButton.tsx';
import { Dialog } from '../../design/components/Dialog.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { useEngine } from '../../state/engine.tsx';
import { m } from '../../texts/texts.ts';
import { DevicePicker } from '../start/DevicePicker.tsx';
import style from './CallBar.module.css';
import { keysFor, useShortcut } from './shortcuts.ts';

export function CallBar({ meeting, muted }: { meeting: MeetingState; muted: boolean }) {
  const engine = useEngine();
  const announce = useAnnounce();
  const [devices, setDevices] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const own = meeting.own === null ? undefined : meeting.participants[meeting.own];
  const handUp = own?.handRaisedAt != null;
  const inside = meeting.connection === 'joined' || meeting.connection === 'reconnecting';
  const canRaise = inside && meeting.capabilities.includes('raiseHand');

  const send = async (request: Request) => {
    const answer = await engine.ask(request, 'done');
    setProblem(answer?.kind === 'problem' ? answer.problem : null);
  };
  const toggleMute = () => void send({ kind: 'mute', muted: !muted });
  const toggleHand = () => canRaise && void send({ kind: 'raiseHand', raised: !handUp });
  useShortcut('M', toggleMute);
  useShortcut('K', toggleHand);

  useSaid(muted, announce, (now) => (now ? m.call_mic_is_off() : m.call_mic_is_on()));
  useSaid(handUp, announce, (now) => (now ? m.call_hand_is_up() : m.call_hand_is_down()));

  return (
    <footer className={style.bar}>
      {problem ? <Notice problem={problem} onDismiss={() => setProblem(null)} /> : null}
      <fieldset className={style.row} aria-label={m.call_controls()}>
        <BarButton
          label={muted ? m.call_unmute() : m.call_mute()}
          icon={muted ? 'micOff' : 'mic'}
          tone={muted ? 'off' : 'plain'}
          keys={keysFor('M')}
          onPress={toggleMute}
          data-testid="mute"
        />
        <BarButton
          label={handUp ? m.call_lower_hand() : m.call_raise_hand()}
          icon="hand"
          tone={handUp ? 'on' : 'plain'}
          keys={keysFor('K')}
          isDisabled={!canRaise}
          onPress={toggleHand}
          data-testid="hand"
        />
        <BarButton
          label={m.call_devices()}
          icon="sound"
          onPress={() => setDevices(true)}
          data-testid="devices"
        />
        <BarButton
          label={m.call_leave()}
          icon="leave"
          tone="leave"
          onPress={() => void send({ kind: 'leave' })}
          data-testid="leave"
        />
      </fieldset>
      <Dialog title={m.devices_title()} isOpen={devices} onClose={() => setDevices(false)}>
        <DevicePicker check="running" />
      </Dialog>
    </footer>
  );
}

/** Says a state when it changes, not when it is first seen. */
function useSaid(now: boolean, announce: (text: string) => void, text: (now: boolean) => string) {
  const [before, setBefore] = useState(now);
  useEffect(() => {
    if (now === before) return;
    setBefore(now);
    announce(text(now));
  });
}
