// The line below a field: what is wrong, else what is good, else the hint. Spoken as the field's description.
import { FieldError, Text } from 'react-aria-components';
import { Icon } from '../icons/Icon.tsx';
import style from './Field.module.css';

export interface FieldNotesProps {
  hint?: string | undefined;
  good?: string | undefined;
  error?: string | undefined;
}

export function FieldNotes({ hint, good, error }: FieldNotesProps) {
  if (error) {
    return (
      <FieldError className={style.error ?? ''}>
        <Icon name="warning" size={18} />
        <span>{error}</span>
      </FieldError>
    );
  }
  if (good) {
    return (
      <Text slot="description" className={style.good ?? ''}>
        <Icon name="check" size={18} />
        <span>{good}</span>
      </Text>
    );
  }
  return hint ? (
    <Text slot="description" className={style.hint ?? ''}>
      <span>{hint}</span>
    </Text>
  ) : null;
}
