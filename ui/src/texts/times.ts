// Dates and times as the person's language writes them.
import { currentLanguage } from './language.ts';

const locale = () => (currentLanguage() === 'de' ? 'de-DE' : 'en-GB');

/** `14:05` */
export function clock(millis: number): string {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(millis);
}

/** `Dienstag, 24. November 2026` */
export function day(millis: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'full' }).format(millis);
}

/** `Di., 24. Nov. 2026, 14:05` */
export function moment(millis: number): string {
  return new Intl.DateTimeFormat(locale(), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(millis);
}
