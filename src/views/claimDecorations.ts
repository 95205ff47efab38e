import { FileDecoration, ThemeColor, window } from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Row } from '../presentation/row.ts';
import { claimScheme } from './rowItem.ts';

const colors: Readonly<Record<Exclude<Row['level'], 'normal'>, string>> = {
  warning: 'list.warningForeground',
  error: 'list.errorForeground',
  muted: 'disabledForeground',
};

/** Tints the label of a row by its level, and marks one with an alarm. */
export function claimDecorations(): Disposable {
  return window.registerFileDecorationProvider({
    provideFileDecoration(uri) {
      if (uri.scheme !== claimScheme) return undefined;
      const level = uri.query;
      if (level !== 'warning' && level !== 'error' && level !== 'muted') return undefined;
      const alarm = uri.fragment === '' ? undefined : uri.fragment;
      return new FileDecoration(alarm === undefined ? undefined : '!', alarm, new ThemeColor(colors[level]));
    },
  });
}
