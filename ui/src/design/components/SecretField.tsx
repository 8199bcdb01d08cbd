// A field for a passphrase or code, covered unless the person wants to see it.
import { useState } from 'react';
import { m } from '../../texts/texts.ts';
import { IconButton } from './IconButton.tsx';
import { TextField, type TextFieldProps } from './TextField.tsx';

export function SecretField(props: Omit<TextFieldProps, 'type' | 'end'>) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={shown ? 'text' : 'password'}
      autoComplete="off"
      spellCheck="false"
      end={
        <IconButton
          label={shown ? m.hide_secret() : m.show_secret()}
          icon={shown ? 'eyeOff' : 'eye'}
          onPress={() => setShown(!shown)}
        />
      }
    />
  );
}
