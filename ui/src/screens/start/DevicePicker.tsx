// Microphone and loudspeaker, and whether the microphone hears anything.
import { useEffect, useState } from 'react';
import type { Device } from '../../backend/types/Device.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import { Meter } from '../../design/components/Meter.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { Select } from '../../design/components/Select.tsx';
import { ToggleButton } from '../../design/components/ToggleButton.tsx';
import { useDevicesVersion, useEngine, useLevels } from '../../state/engine.tsx';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { m } from '../../texts/texts.ts';
import style from './DevicePicker.module.css';

/** The choice that stands for the system's default: no device has such an id. */
const SYSTEM = '(system)';

function choices(devices: Device[], chosen: string | null) {
  const standard = devices.find((device) => device.default);
  const list = [
    { id: SYSTEM, name: standard ? m.devices_default_named({ name: standard.name }) : m.devices_default() },
    ...devices.map(({ id, name }) => ({ id, name })),
  ];
  if (chosen !== null && !devices.some((device) => device.id === chosen)) {
    list.push({ id: chosen, name: m.devices_unplugged() });
  }
  return list;
}

export interface DevicePickerProps {
  /** Before a call the microphone is opened only when the person asks; in a call it is open anyway. */
  check: 'on-demand' | 'running';
}

export function DevicePicker({ check }: DevicePickerProps) {
  const engine = useEngine();
  const version = useDevicesVersion();
  const { input, output } = usePreferences();
  const [devices, setDevices] = useState<{ inputs: Device[]; outputs: Device[] } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [listening, setListening] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version means devices came or went
  useEffect(() => {
    let gone = false;
    void engine.ask({ kind: 'devices' }, 'devices').then((answer) => {
      if (gone || answer === null) return;
      if (answer.kind === 'devices') setDevices(answer);
      else setProblem(answer.problem);
    });
    return () => {
      gone = true;
    };
  }, [engine, version]);

  useEffect(() => {
    if (!listening) return;
    void engine.ask({ kind: 'preview', on: true }, 'done').then((answer) => {
      if (answer?.kind !== 'problem') return;
      setProblem(answer.problem);
      setListening(false);
    });
    return () => void engine.request({ kind: 'preview', on: false });
  }, [engine, listening]);

  const choose = async (change: { input?: string | null; output?: string | null }) => {
    prefer(change);
    const answer = await engine.ask({ kind: 'chooseDevices', input, output, ...change }, 'done');
    setProblem(answer?.kind === 'problem' ? answer.problem : null);
  };

  const inputs = devices?.inputs ?? [];
  const outputs = devices?.outputs ?? [];
  return (
    <div className={style.picker}>
      {problem ? <Notice problem={problem} onDismiss={() => setProblem(null)} /> : null}
      <div className={style.pair}>
        <Select
          label={m.devices_input()}
          choices={choices(inputs, input)}
          chosen={input ?? SYSTEM}
          onChoose={(id) => choose({ input: id === SYSTEM ? null : id })}
          error={devices && inputs.length === 0 ? m.devices_none_input() : undefined}
        />
        <Select
          label={m.devices_output()}
          choices={choices(outputs, output)}
          chosen={output ?? SYSTEM}
          onChoose={(id) => choose({ output: id === SYSTEM ? null : id })}
          error={devices && outputs.length === 0 ? m.devices_none_output() : undefined}
        />
      </div>
      {check === 'on-demand' ? (
        <div className={style.check}>
          <ToggleButton icon="mic" isSelected={listening} onChange={setListening}>
            {m.devices_check()}
          </ToggleButton>
          {listening ? <OwnLevel /> : null}
        </div>
      ) : (
        <OwnLevel />
      )}
    </div>
  );
}

function OwnLevel() {
  const { own } = useLevels();
  return (
    <div className={style.level}>
      <Meter label={m.devices_level()} level={own} />
      <p>{m.devices_preview_hint()}</p>
    </div>
  );
}
