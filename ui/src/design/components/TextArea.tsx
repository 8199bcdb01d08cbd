// Several lines to write on; grows with the text up to a limit.
import type { KeyboardEvent, Ref } from 'react';
import {
  type TextFieldProps as AriaProps,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  Label,
} from 'react-aria-components';
import style from './Field.module.css';
import { FieldNotes, type FieldNotesProps } from './FieldNotes.tsx';

export interface TextAreaProps
  extends Omit<AriaProps, 'children' | 'className' | 'style' | 'isInvalid' | 'validate' | 'onKeyDown'>,
    FieldNotesProps {
  label: string;
  /** The label is spoken, not shown. */
  labelHidden?: boolean;
  placeholder?: string;
  /** Where tests find the lines themselves. */
  testId?: string;
  areaRef?: Ref<HTMLTextAreaElement>;
  onKeyDown?: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
}

const ROWS_MAX = 6;

export function TextArea({
  label,
  labelHidden,
  placeholder,
  hint,
  good,
  error,
  areaRef,
  onKeyDown,
  testId,
  ...props
}: TextAreaProps) {
  const rows = Math.min(ROWS_MAX, (props.value ?? '').split('\n').length);
  return (
    <AriaTextField
      {...props}
      className={style.field ?? ''}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
    >
      <Label className={labelHidden ? 'visually-hidden' : (style.label ?? '')}>{label}</Label>
      <AriaTextArea
        className={style.input ?? ''}
        rows={rows}
        data-testid={testId}
        {...(placeholder ? { placeholder } : {})}
        {...(areaRef ? { ref: areaRef } : {})}
        {...(onKeyDown ? { onKeyDown } : {})}
      />
      <FieldNotes hint={hint} good={good} error={error} />
    </AriaTextField>
  );
}
