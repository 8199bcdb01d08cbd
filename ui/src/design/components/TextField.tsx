// One line to write on.
import type { ReactNode, Ref } from 'react';
import {
  type TextFieldProps as AriaProps,
  TextField as AriaTextField,
  Input,
  Label,
} from 'react-aria-components';
import style from './Field.module.css';
import { FieldNotes, type FieldNotesProps } from './FieldNotes.tsx';

export interface TextFieldProps
  extends Omit<AriaProps, 'children' | 'className' | 'style' | 'isInvalid' | 'validate'>,
    FieldNotesProps {
  label: string;
  inputRef?: Ref<HTMLInputElement>;
  placeholder?: string;
  /** Where tests find the line itself. */
  testId?: string;
  /** Stands inside the field at its end. */
  end?: ReactNode;
}

export function TextField({
  label,
  hint,
  good,
  error,
  inputRef,
  end,
  placeholder,
  testId,
  ...props
}: TextFieldProps) {
  const input = (
    <Input
      className={style.input ?? ''}
      {...(inputRef ? { ref: inputRef } : {})}
      {...(placeholder ? { placeholder } : {})}
      data-testid={testId}
    />
  );
  return (
    <AriaTextField
      {...props}
      className={style.field ?? ''}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
    >
      <Label className={style.label ?? ''}>{label}</Label>
      {end ? (
        <div className={style.secret}>
          {input}
          {end}
        </div>
      ) : (
        input
      )}
      <FieldNotes hint={hint} good={good} error={error} />
    </AriaTextField>
  );
}
