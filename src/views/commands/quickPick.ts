import { type QuickPickItem, window } from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { matchingPicks, type Pick } from '../../presentation/picks.ts';

interface Item<T> extends QuickPickItem {
  readonly value: T;
}

/** Every line is sent to the window and matched there again at each key: from so many on we match, and send the best. */
const manyPicks = 2_000;
const shownOfMany = 200;

/** Asks for one of several; undefined when the user turns away. Description and detail are searched too. */
export async function choose<T>(
  picks: readonly Pick<T>[],
  options: { readonly title: string; readonly placeHolder: string },
): Promise<{ readonly value: T } | undefined> {
  if (picks.length > manyPicks) return await chooseOfMany(picks, options);
  return await window.showQuickPick<Item<T>>([...picks], {
    ...options,
    matchOnDescription: true,
    matchOnDetail: true,
  });
}

function chooseOfMany<T>(
  picks: readonly Pick<T>[],
  { title, placeHolder }: { readonly title: string; readonly placeHolder: string },
): Promise<{ readonly value: T } | undefined> {
  const lifetime = new DisposableStore();
  const input = lifetime.add(window.createQuickPick<Item<T>>());
  input.placeholder = placeHolder;
  const show = (text: string) => {
    const found = matchingPicks(picks, text, shownOfMany);
    input.title = found.length < shownOfMany ? title : `${title} (the first ${shownOfMany})`;
    // It has been matched; the window is not to leave out what it would have matched otherwise.
    input.items = found.map((pick) => ({ ...pick, alwaysShow: true }));
  };
  return new Promise((resolve) => {
    lifetime.add(input.onDidChangeValue(show));
    lifetime.add(
      input.onDidAccept(() => {
        const [chosen] = input.selectedItems;
        if (!chosen) return;
        resolve(chosen);
        input.hide();
      }),
    );
    lifetime.add(
      input.onDidHide(() => {
        resolve(undefined);
        lifetime.dispose();
      }),
    );
    show('');
    input.show();
  });
}
