// One of several, from a list that opens.
import {
  type SelectProps as AriaProps,
  Select as AriaSelect,
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
} from 'react-aria-components';
import { Icon } from '../icons/Icon.tsx';
import field from './Field.module.css';
import { FieldNotes, type FieldNotesProps } from './FieldNotes.tsx';
import style from './Select.module.css';

export interface Choice {
  id: string;
  name: string;
}

export interface SelectProps
  extends Omit<
      AriaProps<Choice>,
      'children' | 'className' | 'style' | 'selectedKey' | 'onSelectionChange' | 'value' | 'onChange'
    >,
    FieldNotesProps {
  label: string;
  choices: Choice[];
  chosen: string;
  onChoose: (id: string) => void;
  /** Label and list stand in one line. */
  inline?: boolean;
}

export function Select({
  label,
  choices,
  chosen,
  onChoose,
  inline,
  hint,
  good,
  error,
  ...props
}: SelectProps) {
  return (
    <AriaSelect
      {...props}
      className={`${field.field} ${inline ? style.inline : ''}`}
      value={chosen}
      onChange={(key) => onChoose(String(key))}
      isInvalid={Boolean(error)}
    >
      <Label className={field.label ?? ''}>{label}</Label>
      <Button className={style.button ?? ''}>
        <SelectValue className={style.value ?? ''} />
        <Icon name="chevron" size={18} />
      </Button>
      <FieldNotes hint={hint} good={good} error={error} />
      <Popover className={style.popover ?? ''}>
        <ListBox className={style.list ?? ''} items={choices}>
          {(choice) => (
            <ListBoxItem className={style.option ?? ''} textValue={choice.name}>
              {({ isSelected }) => (
                <>
                  <span className={style.tick}>{isSelected ? <Icon name="check" size={18} /> : null}</span>
                  <span>{choice.name}</span>
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
