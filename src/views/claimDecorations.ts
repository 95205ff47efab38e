import { FileDecoration, ThemeColor, window } from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Row } from '../presentation/row.ts';
import { claimScheme } from './rowItem.ts';

const colors: Readonly<Record<Exclude<Row['level'], 'normal'>, string>> = {
  warning: 'list.warningForeground',
  error: 'list.errorForeground',
  muted: 'disabledForeground',
};

/** Tints the label of a row by its level. */
export function claimDecorations(): Disposable {
  return window.registerFileDecorationProvider({
    provideFileDecoration(uri) {
      if (uri.scheme !== claimScheme) return undefined;
      const level = uri.query;
      if (level !== 'warning' && level !== 'error' && level !== 'muted') return undefined;
      return new FileDecoration(undefined, undefined, new ThemeColor(colors[level]));
    },
  });
}
