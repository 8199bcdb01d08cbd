// Every text of the window. Importing it from here makes sure that the language is set up.
import './language.ts';

export * as m from './generated/messages/_index.js';
