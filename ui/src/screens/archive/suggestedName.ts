// A file name that every system takes.
import type { ExportFormat } from '../../backend/types/ExportFormat.ts';
import type { MeetingRecord } from '../../backend/types/MeetingRecord.ts';

const ENDINGS: Record<ExportFormat, string> = { markdown: 'md', text: 'txt', json: 'json' };
const LENGTH_MAX = 80;

/** `2026-11-24 Klasse 7b.md` */
export function suggestedName(meeting: MeetingRecord, format: ExportFormat): string {
  const date = new Date(meeting.startedAt);
  const pad = (part: number) => String(part).padStart(2, '0');
  const stamp = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const title = meeting.title
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = Array.from(title)
    .slice(0, LENGTH_MAX)
    .join('')
    .replace(/[. ]+$/, '');
  return `${short === '' ? stamp : `${stamp} ${short}`}.${ENDINGS[format]}`;
}
