// Ranzen's own pictograms: one pen of 1.75 units on a 24-unit field. They are always decoration: the name
// for assistive technology stands on the control.
import type { ReactNode } from 'react';

const drawings = {
  mic: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M9 21h6" />
    </>
  ),
  micOff: (
    <>
      <path d="M9 9.5V11a3 3 0 0 0 4.8 2.4M15 10.5V6a3 3 0 0 0-5.8-1.1" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5c0 .9-.2 1.800-.5 2.600M12 18v3M9 21h6M4 3.500l16.500 16.500" />
    </>
  ),
  hand: (
    <path d="M7 12.500V6.800a1.400 1.400 0 0 1 2.800 0V11M9.800 10.500V4.900a1.400 1.400 0 0 1 2.800 0V10.500M12.600 10.700V5.900a1.400 1.400 0 0 1 2.800 0v5.300M15.400 11.200V8.100a1.400 1.400 0 0 1 2.800 0v6.400a6.500 6.500 0 0 1-6.500 6.500c-2.600 0-4.300-1.200-5.500-3.300l-2.500-4.300a1.400 1.400 0 0 1 2.300-1.600L7.500 14" />
  ),
  leave: <path d="M14 4H7a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h7M10.500 12H20M16.500 8.500 20 12l-3.500 3.500" />,
  sound: (
    <path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.300 4.300 0 0 1 0 6M18.200 6.300a8.100 8.100 0 0 1 0 11.400" />
  ),
  people: (
    <>
      <circle cx="9" cy="8.500" r="3.250" />
      <path d="M3 19.500c.3-3.300 2.700-5.500 6-5.500s5.700 2.200 6 5.500M15.500 5.600a3.250 3.250 0 0 1 0 5.800M17.500 14.500c2 .8 3.300 2.600 3.500 5" />
    </>
  ),
  chat: (
    <path d="M4 5.500h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-8.500L7 20.500v-4H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM7.500 9.500h9M7.500 12.500h5.500" />
  ),
  send: <path d="M4 4.500 20.500 12 4 19.500l2.500-7.500zM6.500 12H13" />,
  search: (
    <>
      <circle cx="10.500" cy="10.500" r="6" />
      <path d="m15 15 5.500 5.500" />
    </>
  ),
  copy: (
    <>
      <rect x="8.500" y="8.500" width="11.500" height="11.500" rx="1.500" />
      <path d="M15.500 8.500V5.500A1.500 1.500 0 0 0 14 4H5.500A1.500 1.500 0 0 0 4 5.500V14a1.500 1.500 0 0 0 1.500 1.500h3" />
    </>
  ),
  print: (
    <path d="M7 9V4h10v5M7 16H4.500A1.500 1.500 0 0 1 3 14.500v-4A1.500 1.500 0 0 1 4.500 9h15a1.500 1.500 0 0 1 1.500 1.500v4a1.500 1.500 0 0 1-1.500 1.500H17M7 13.500h10V20H7z" />
  ),
  save: (
    <path d="M12 4v10.500M7.500 10.500 12 15l4.500-4.500M4.500 16.500v2A1.500 1.500 0 0 0 6 20h12a1.500 1.500 0 0 0 1.500-1.500v-2" />
  ),
  close: <path d="m6 6 12 12M18 6 6 18" />,
  check: <path d="m4.500 12.500 5 5L19.500 7" />,
  chevron: <path d="m7 9.500 5 5 5-5" />,
  back: <path d="M19.500 12h-15M10.500 6l-6 6 6 6" />,
  settings: (
    <>
      <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
      <circle cx="15" cy="7" r="2" />
      <circle cx="9" cy="17" r="2" />
    </>
  ),
  warning: <path d="M12 4 2.800 20h18.400zM12 10v4.500M12 17.200v.1" />,
  info: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M12 11v5.500M12 7.700v.1" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="10.500" width="14" height="9.500" rx="1.500" />
      <path d="M8 10.500V8a4 4 0 0 1 8 0v2.500M12 14.500v2" />
    </>
  ),
  eye: (
    <>
      <path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z" />
      <circle cx="12" cy="12" r="2.750" />
    </>
  ),
  eyeOff: (
    <path d="M4 4l16 16M9.500 6c.8-.3 1.600-.5 2.500-.5 6 0 9.500 6.500 9.500 6.500s-.9 1.700-2.600 3.300M6.300 7.700C3.900 9.400 2.500 12 2.500 12s3.500 6.500 9.500 6.500c1.600 0 3-.4 4.200-1.100M10.100 10.100a2.750 2.750 0 0 0 3.800 3.800" />
  ),
  page: <path d="M6 3.500h8.500L19 8v12.500H6zM14 3.500V8.500h5M9 12.500h7M9 16h5" />,
  down: <path d="M12 5v14M6 13l6 6 6-6" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof drawings;

export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {drawings[name]}
    </svg>
  );
}
