// Writes a kept chat to a file of the person's choice.
import { useState } from 'react';
import type { ExportFormat } from '../../backend/types/ExportFormat.ts';
import type { MeetingRecord } from '../../backend/types/MeetingRecord.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import { useAnnounce } from '../../design/components/Announcer.tsx';
import { Button } from '../../design/components/Button.tsx';
import { Dialog } from '../../design/components/Dialog.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { Select } from '../../design/components/Select.tsx';
import { useEngine } from '../../state/engine.tsx';
import { m } from '../../texts/texts.ts';
import style from './ExportDialog.module.css';
import { suggestedName } from './suggestedName.ts';

export interface ExportDialogProps {
  meeting: MeetingRecord;
  isOpen: boolean;
  onClose: () => void;
}

export function ExportDialog({ meeting, isOpen, onClose }: ExportDialogProps) {
  const engine = useEngine();
  const announce = useAnnounce();
  const [format, setFormat] = useState<ExportFormat>('markdown');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [written, setWritten] = useState<string | null>(null);

  const close = () => {
    setProblem(null);
    setWritten(null);
    onClose();
  };
  const save = async () => {
    setProblem(null);
    setWritten(null);
    const path = await engine.backend.askSavePath(suggestedName(meeting, format));
    if (path === null) return;
    const answer = await engine.ask({ kind: 'export', id: meeting.id, format, path }, 'exported');
    if (answer?.kind === 'exported') {
      setWritten(answer.path);
      announce(m.record_exported({ path: answer.path }));
    } else if (answer) setProblem(answer.problem);
  };

  return (
    <Dialog title={m.record_export_title()} isOpen={isOpen} onClose={close}>
      <p>{m.record_export_text()}</p>
      <Select
        label={m.record_export_format()}
        chosen={format}
        onChoose={(id) => setFormat(id as ExportFormat)}
        choices={[
          { id: 'markdown', name: m.record_export_markdown() },
          { id: 'text', name: m.record_export_text_format() },
          { id: 'json', name: m.record_export_json() },
        ]}
      />
      {problem ? <Notice problem={problem} /> : null}
      {written ? <p className={style.written}>{m.record_exported({ path: written })}</p> : null}
      <Button kind="primary" icon="save" onPress={save} data-testid="export-save">
        {m.record_export_save()}
      </Button>
    </Dialog>
  );
}
