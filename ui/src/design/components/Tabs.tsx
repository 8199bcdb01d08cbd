// Two or more sheets behind register tabs; only one is in sight.
import type { ReactNode } from 'react';
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from 'react-aria-components';
import style from './Tabs.module.css';

export interface Sheet {
  id: string;
  title: string;
  content: ReactNode;
}

export interface TabsProps {
  label: string;
  sheets: Sheet[];
  chosen: string;
  onChoose: (id: string) => void;
}

export function Tabs({ label, sheets, chosen, onChoose }: TabsProps) {
  return (
    <AriaTabs
      className={style.tabs ?? ''}
      selectedKey={chosen}
      onSelectionChange={(key) => onChoose(String(key))}
    >
      <TabList className={style.list ?? ''} aria-label={label}>
        {sheets.map((sheet) => (
          <Tab key={sheet.id} id={sheet.id} className={style.tab ?? ''}>
            {sheet.title}
          </Tab>
        ))}
      </TabList>
      {sheets.map((sheet) => (
        <TabPanel key={sheet.id} id={sheet.id} className={style.panel ?? ''}>
          {sheet.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
